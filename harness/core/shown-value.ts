/** Characters of a value that a message quotes; names, addresses and numbers are shorter. */
const longest = 60;

/**
 * A value of a user's file as error messages show it: what is short as it is, all else by its kind and size. A file given by
 * mistake may be a private key, and messages end in logs.
 */
export function shownValue(value: unknown): string {
  const json = JSON.stringify(value);
  return json.length <= longest ? json : valueKind(value);
}

/** What a value is, and nothing of what is in it: for a whole file, of which even a short one may be a password. */
export function valueKind(value: unknown): string {
  if (typeof value === "string") return `a text of ${value.length} characters`;
  if (Array.isArray(value)) return `a list of ${value.length} entries`;
  return typeof value === "object" ? "a map" : `a ${typeof value}`;
}
