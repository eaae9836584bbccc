/** What a person needs who goes on with a lab that stays: how to work in it, to probe it and to remove it. Pure. */
export function keptLines(
  { runId, byHand }: { readonly runId: string; readonly byHand: Readonly<Record<string, string>> },
  reach: string,
): readonly string[] {
  const rows = Object.entries({
    ...byHand,
    "probe it as it is now": `npm run lab -- check ${runId}${reach}`,
    "remove it": `npm run lab -- down ${runId}${reach}`,
  });
  const width = Math.max(...rows.map(([what]) => what.length));
  return [`lab ${runId} is up`, ...rows.map(([what, command]) => `  ${what.padEnd(width)}  ${command}`)];
}
