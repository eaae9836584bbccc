/** Rows as CSV (RFC 4180, but for line ends): the first is the head. */
export function csvText(rows: readonly (readonly (string | number | boolean | undefined)[])[]): string {
  return rows.map((row) => row.map((cell) => field(String(cell ?? ""))).join(",")).join("\n");
}

function field(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
