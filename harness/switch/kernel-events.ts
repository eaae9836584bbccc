/** A change that a kernel told of, as `ip monitor` prints it. */
export interface KernelEvent {
  /** Seconds since the epoch, by the node's own clock. */
  readonly at: number;
  readonly text: string;
}

/** Longest text of an event; a device's line has many options. */
const longestText = 120;

/** Reads `TZ=UTC ip -ts -o monitor`. Lines without a time belong to the event before. */
export function parseKernelEvents(stdout: string): readonly KernelEvent[] {
  return stdout.split("\n").flatMap((line) => {
    const [, date, time, rest = ""] = /^\[(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d\.\d+)\] ?(.*)$/.exec(line) ?? [];
    if (date === undefined || time === undefined) return [];
    const [seconds = "", fraction = ""] = time.split(".");
    const whole = Date.parse(`${date}T${seconds}Z`) / 1000;
    const text = rest.replaceAll(/[\\\s]+/g, " ").trim();
    return [{ at: whole + Number(`0.${fraction}`), text: text.slice(0, longestText) }];
  });
}

/** Whether an event is of the network that the mode programs, and not of pods' own devices or of what the kernel does for itself. */
export function isOfNetwork({ text }: KernelEvent): boolean {
  return !/(?<![.\w])cali|\blo\b|table local|\bfe80:|\bff00:/.test(text);
}
