import { ofVerdicts, placeIn } from "./of-verdicts.ts";
import type { Rule } from "./cause.ts";

/** Anything of the outer header that is not an address: whoever changes it does not translate, but writes into packets. */
const isWritten = /: (?:VNI|VXLAN flags|inner |UDP port|source port|overhead )/;

const written =
  "see what writes into packets there: rules that set bytes (nft list ruleset, `@th,… set`), programs of tc and XDP, a switch that ends VXLAN itself";

const base = ofVerdicts({
  name: "rewritten-outer",
  issues: ["#8367", "#3665", "#6711"],
  fix: "see who translates addresses there (nft list ruleset, iptables-save -t nat), and which source address ip route get chooses on the sender",
  check: "outer-endpoints",
  rewrites: /\b(?:snat|dnat|masquerade|redirect)\b| set |-j (?:SNAT|DNAT|MASQUERADE|REDIRECT|NETMAP)/i,
  sentence: (finding) =>
    `${isWritten.test(finding) ? "the tunnel's header is" : "outer addresses are"} wrong from ${placeIn(finding)} on: ${finding}`,
});

/** Encapsulated packets have other outer addresses than the nodes': somebody translates them on the way, or the kernel chose another of the sender's. */
export const rewrittenOuter: Rule = {
  ...base,
  find: (incident) =>
    base.find(incident).map((cause) => {
      const { failed } = incident;
      const places = failed
        .filter(({ check, id }) => check === "outer-endpoints" && cause.explains.includes(id))
        .map(({ reason = "" }) => placeIn(reason));
      // Who writes addresses back into answers may leave the checksum behind, on paths whose addresses are right again.
      const damaged = failed.filter(
        ({ check, reason = "" }) => check === "checksums" && places.includes(placeIn(reason)),
      );
      const isWriting = isWritten.test(cause.sentence);
      return {
        ...cause,
        ...(isWriting ? { fix: written } : {}),
        explains: [...new Set([...cause.explains, ...damaged.map(({ id }) => id)])],
      };
    }),
};
