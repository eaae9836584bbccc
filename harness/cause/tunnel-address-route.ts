import { destinationOf } from "../topology/destination.ts";
import { isSameAddress } from "../topology/same-address.ts";
import type { NodeJudgment } from "../verify/node-troubles.ts";
import type { Trouble } from "../verify/trouble.ts";
import { listOf } from "../verify/words.ts";
import { type Rule, shownLines } from "./cause.ts";

/** Felix leads packets to a peer's own tunnel address past the tunnel: it takes that address for a workload's of the peer's block. */
export const tunnelAddressRoute: Rule = {
  name: "tunnel-address-route",
  find: ({ nodes, failed }) => {
    const found = nodes
      .map((judgment) => ({
        node: judgment.expected.node,
        own: judgment.troubles.filter((one) => isPastTunnel(one, judgment)),
      }))
      .filter(({ own }) => own.length > 0);
    if (found.length === 0) return [];
    const names = found.map(({ node }) => node);
    const ends = names.flatMap((node) => [`/control-plane/${node}`, `/steady/${node}`]);
    return [
      {
        name: "tunnel-address-route",
        sentence: `${listOf(names)} ${names.length === 1 ? "has a route" : "have routes"} past the tunnel to the tunnel address of a node in the same subnet, as Felix before v3.32.0 makes them`,
        fix: "take Calico v3.32.0 or newer; pods' packets go right, so until then it may be waived",
        issues: ["#12180"],
        evidence: found.flatMap(({ node, own }) => own.map(({ text }) => `${node}: ${text}`)).slice(0, shownLines),
        explains: failed.map(({ id }) => id).filter((id) => ends.some((end) => id.endsWith(end))),
      },
    ];
  },
};

/** Felix's protocol in the kernel (felix/routetable). */
const ofFelix = "80";

/** Whether it is such a route. */
export function isPastTunnel({ kind, route }: Trouble, { expected: { neighbors } }: NodeJudgment): boolean {
  return (
    kind === "stray route" &&
    route?.protocol === ofFelix &&
    route.via !== undefined &&
    neighbors.some(({ address }) => isSameAddress(address, destinationOf(route.destination)))
  );
}
