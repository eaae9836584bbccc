import { Scope } from "../core/scope.ts";
import { vniOf } from "../encap/tunnel.ts";
import { vniValidFlag, vxlanPort } from "../packet/tunnel/vxlan.ts";
import { culprit, farPeer } from "./cast.ts";
import { defineFault } from "./fault.ts";

/** A flag that RFC 7348 reserves: a receiver counts an error and throws the packet away. */
const reservedFlag = 0x04;

/** Seconds between two such packets: some come while probes run. */
const pause = 0.2;

/** Somebody sends the culprit's tunnel packets with a damaged header, beside all that is as it must be. */
export const damagedFrames = defineFault({
  name: "damaged-frames",
  title: "one node's tunnel gets packets with a damaged VXLAN header, and counts errors",
  describes: "no known report: a broken card or cable, or a switch that writes into VXLAN headers",
  modes: ["vxlan-always", "vxlan-cross-subnet"],
  needs: ["cross-subnet"],
  unmet: ({ families }) => (families.includes(4) ? undefined : "it is made in IPv4"),
  cause: "kernel-count",
  apply: async (network, _plan, scope = new Scope()) => {
    const [to, from] = [culprit(network), farPeer(network)];
    const header = `pack(q{C C n N}, ${vniValidFlag | reservedFlag}, 0, 0, ${vniOf(network.lab.plan)} << 8)`;
    const target = `sockaddr_in(${vxlanPort}, inet_aton(q{${to.address}}))`;
    const program = `socket(S, PF_INET, SOCK_DGRAM, 0) or die; while (1) { send(S, ${header} . (chr(0) x 60), 0, ${target}); select(undef, undef, undef, ${pause}) }`;
    await from.executor.spawn(["perl", "-MSocket", "-e", program], scope);
    return { did: [`${from.name}: perl -MSocket -e '${program}' &`] };
  },
  follows: ["sentinel"],
  trips: [{ check: "interface-errors", status: "fail", path: "*/interface-errors/*", category: "lost on the way" }],
});
