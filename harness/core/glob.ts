/**
 * Whether a text matches a pattern in which `*` stands for anything, in any case; a pattern without stars matches any part of the
 * text. Part after part from left to right, which takes no longer with more stars; a regular expression would go back for each.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  const low = text.toLowerCase();
  let from = 0;
  return pattern
    .toLowerCase()
    .split(/\*+/)
    .every((part) => {
      const at = low.indexOf(part, from);
      from = at + part.length;
      return at >= 0;
    });
}

/** The same, anchored at both ends: what is matched is all of the text, and a pattern without stars is the text itself. */
export function matchesWholeGlob(pattern: string, text: string): boolean {
  if (!pattern.includes("*")) return pattern === text;
  const [first = "", ...rest] = pattern.split("*");
  return text.startsWith(first) && text.endsWith(rest.at(-1) ?? "") && matchesGlob(pattern, text);
}
