/** A line that a command is to print, as a reader would see it and not as the pattern that waits for it. */
export function lineInWords({ source }: RegExp): string {
  return `"${source.replace(/^\^|\$$/g, "")}"`;
}
