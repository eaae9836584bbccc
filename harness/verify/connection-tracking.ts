import { defineCheck } from "./check.ts";
import { judgeCounters, type Growth } from "./judge-counters.ts";

/** Connection trackers drop packets without a word: what they count is all there is (/proc/net/stat/nf_conntrack). */
export const connectionTracking = defineCheck({
  of: "network",
  name: "connection-tracking",
  part: "encapsulation",
  proves:
    "no node and no router dropped packets because its table of connections was full, or two connections looked like one",
  judge: (networkCase) =>
    judgeCounters(networkCase, {
      check: "connection-tracking",
      expected: "no packet dropped by connection tracking during the probes",
      chosen: (counter) => /^conntrack\.(?:drop|early_drop|insert_failed)$/.test(counter),
      wrong: inWords,
    }),
});

/** In the words of conntrack(8)'s statistics. */
function inWords({ counter, by }: Growth): string | undefined {
  if (by <= 0) return undefined;
  const packets = `${by} packet${by === 1 ? "" : "s"}`;
  if (counter.endsWith("insert_failed"))
    return `${packets} dropped whose connection looked like another one (insert_failed)`;
  if (counter.endsWith("early_drop")) return `${by} connections forgotten for lack of room (early_drop)`;
  return `${packets} dropped for lack of room in the table of connections (drop)`;
}
