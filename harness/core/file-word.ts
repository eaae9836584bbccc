/** A text as part of a file's name: letters, digits, dots and underscores, with hyphens between what else there was. */
export function fileWord(text: string): string {
  return text.replaceAll(/[^\w.]+/g, "-").replaceAll(/^-|-$/g, "");
}
