import type { Offence } from "../sentinel/tap-report.ts";

/** What was seen, how often and when: "plain packets from a1 to b1, where VXLAN is due (3 packets, from 22:13:20.250 to 22:13:21.000)". */
export function offenceInWords({ what, packets, first, last }: Offence): string {
  const when = packets === 1 ? `at ${clock(first)}` : `from ${clock(first)} to ${clock(last)}`;
  return `${what} (${packets} packet${packets === 1 ? "" : "s"}, ${when})`;
}

/** Time of day, UTC, to the millisecond. */
function clock(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(11, 23);
}
