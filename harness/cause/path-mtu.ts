import type { Cause, Rule } from "./cause.ts";
import { isLossy } from "./crossings.ts";
import { ofVerdicts } from "./of-verdicts.ts";

const base = ofVerdicts({
  name: "path-mtu",
  issues: ["calicoctl#415", "felix#756", "#8953", "#7651"],
  fix: "let ICMP type 3 code 4 (IPv6: type 2) pass, or give pods and tunnel an MTU that fits all links (FelixConfiguration mtu / vxlanMTU)",
  check: "path-mtu",
  sentence: (finding) => `a black hole of path MTU discovery: ${finding}`,
});

/** Packets that are too large for a link end there, and nobody tells the sender. */
export const pathMtu: Rule = {
  ...base,
  find: (incident) =>
    base.find(incident).map((cause): Cause => {
      const failing = new Set(incident.failed.map(({ id }) => id));
      const lossy = incident.crossings.filter((crossing) => failing.has(crossing.path.id) && isLossy(crossing));
      // The same hole swallows TCP's full segments, and never what is small.
      const small = new Set(
        lossy
          .filter(({ lots }) => lots.some(({ kind, lost }) => lost > 0 && kind !== "data" && kind !== "datagram"))
          .map(({ path }) => path.id),
      );
      const large = lossy.map(({ path }) => path.id).filter((id) => !small.has(id));
      return { ...cause, explains: [...new Set([...cause.explains, ...large])] };
    }),
};
