import { Scope } from "../core/scope.ts";
import { modes } from "../encap/mode.ts";
import { culprit } from "./cast.ts";
import { changeNode } from "./change-node.ts";
import { defineFault } from "./fault.ts";

/** Somebody has limited the culprit's uplink to a fraction of its rate: whatever comes in bursts is thrown away. */
export const starvedQueue = defineFault({
  name: "starved-queue",
  title: "a queue on one node's uplink throws bursts away",
  describes: "no known report: a bandwidth limit that was meant for another device",
  modes: modes.map(({ id }) => id),
  needs: ["same-subnet"],
  cause: "counted-loss",
  apply: async (network, _plan, scope = new Scope()) => {
    const from = culprit(network);
    const device = from.identity.uplink;
    // Bytes: one packet may go at once, two may wait.
    const commands = [`tc qdisc add dev ${device} root tbf rate 256kbit burst 1600 limit 3200`];
    return { did: [await changeNode(from, commands, [`tc qdisc del dev ${device} root`], scope)] };
  },
  follows: ["reached", "sizes", "flows", "mtu", "path-mtu", "mss", "not-encapsulated", "symmetry"],
  trips: [{ check: "conservation", status: "fail", path: "*/pod-to-pod/*", category: "lost on the way" }],
});
