import { LabError } from "../core/errors.ts";
import { Scope } from "../core/scope.ts";
import { modes } from "../encap/mode.ts";
import { culprit } from "./cast.ts";
import { changeNode } from "./change-node.ts";
import { defineFault } from "./fault.ts";

/** An object file for BPF with one program in the section "prog", two instructions long: r0 = 1 (XDP_DROP), exit. Made by `llvm-mc -triple bpf -filetype=obj`. */
const dropsAll = [
  "f0VMRgIBAQAAAAAAAAAAAAEA9wABAAAAAAAAAAAAAAAAAAAAAAAAALgAAAAAAAAAAAAAAEAAAAAAAEAABgABALcAAAABAAAAlQAAAAAAAABHUEwAAAAAAAAA",
  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAcAAAASAAMAAAAAAAAAAAAQAAAAAAAAAAAudGV4dAB4ZHJvcABwcm9nAGxpY2Vuc2UALnN0cnRhYgAuc3ltdGFiAAAA",
  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAaAAAAAwAAAAAAAAAAAAAAAAAAAAAA",
  "AACIAAAAAAAAACoAAAAAAAAAAAAAAAAAAAABAAAAAAAAAAAAAAAAAAAAAQAAAAEAAAAGAAAAAAAAAAAAAAAAAAAAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
  "BAAAAAAAAAAAAAAAAAAAAA0AAAABAAAABgAAAAAAAAAAAAAAAAAAAEAAAAAAAAAAEAAAAAAAAAAAAAAAAAAAAAEAAAAAAAAAAAAAAAAAAAASAAAAAQAAAAMA",
  "AAAAAAAAAAAAAAAAAABQAAAAAAAAAAQAAAAAAAAAAAAAAAAAAAABAAAAAAAAAAAAAAAAAAAAIgAAAAIAAAAAAAAAAAAAAAAAAAAAAAAAWAAAAAAAAAAwAAAA",
  "AAAAAAEAAAABAAAACAAAAAAAAAAYAAAAAAAAAA==",
].join("");

/** An XDP program on a pod's device drops what comes from the pod, ARP too: no packet filter lists it, and nothing counts. */
export const xdpDrop = defineFault({
  name: "xdp-drop",
  title: "an XDP program on one pod's device drops what comes from the pod",
  describes: "no known report: a security agent's program that has outlived the agent",
  modes: modes.map(({ id }) => id),
  needs: [],
  cause: "hooked-program",
  apply: async (network, _plan, scope = new Scope()) => {
    const from = culprit(network);
    const device = network.identities.pods.find(({ node }) => node === from.name)?.hostDevice;
    if (device === undefined) throw new LabError(`${from.name} has no pod for this fault`);
    const commands = [
      "file=$(mktemp)",
      `echo ${dropsAll} | base64 -d >"$file"`,
      `ip link set dev ${device} xdp obj "$file" sec prog`,
      'rm "$file"',
    ];
    await changeNode(from, commands, [`ip link set dev ${device} xdp off`], scope);
    return { did: [`${from.name}: ip link set dev ${device} xdp obj drop.o sec prog`] };
  },
  follows: ["conservation", "neighbors"],
  trips: [{ check: "reached", status: "fail", path: "*/pod-to-pod/*", category: "not reached" }],
});
