/** Characters of a value that a message quotes; names, addresses and numbers are shorter. */
const longest = 60;

/**
 * A value of a user's file as error messages show it: what is short as it is, all else by its kind and size. A file given by
 * mistake may be a private key, and messages end in logs.
 */
export function shownValue(value: unknown): string {
  const json = JSON.stringify(value);
  if (json.length <= longest) return json;
  if (typeof value === "string") return `a text of ${value.length} characters`;
  return Array.isArray(value) ? `a list of ${value.length} entries` : "a map";
}
