import type { StreamRecord } from "./switch-record.ts";

/** Milliseconds below which a gap is what a busy machine does to a packet. */
const calmGapMs = 20;

/** Whether a stream kept its form, and nothing of it was lost, late or astray. */
export function isCalm({ directions, tcp, connections }: StreamRecord): boolean {
  if (directions.some(({ leaks }) => leaks.length > 0)) return false;
  const isNumberedCalm = directions.every(
    ({ before, after, lost, duplicated, reordered, gapMs }) =>
      before === after && lost + duplicated + reordered === 0 && gapMs < calmGapMs,
  );
  if (tcp !== undefined)
    return (
      tcp.outcome === "survived" && tcp.retransmitted === 0 && directions.every(({ before, after }) => before === after)
    );
  return (
    isNumberedCalm &&
    (connections === undefined || (connections.failed === 0 && connections.slowestMs < 10 * calmGapMs))
  );
}
