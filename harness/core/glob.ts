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
