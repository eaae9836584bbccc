/** What JSON says; undefined where the text is none. For what a schema judges next: it says what is wrong with either. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
