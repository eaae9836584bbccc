import { Scope } from "../core/scope.ts";
import { addressHex } from "../topology/address.ts";
import { culprit, farPeer } from "./cast.ts";
import { defineFault } from "./fault.ts";

/** IPv4 in IPv4 (RFC 2003), and what an inner header of 20 bytes carries that nobody reads. */
const [ipip, unread] = [4, 253] as const;

/** ECN (RFC 3168): congestion was met; an inner header with 0 says that its sender does not take part, which RFC 6040 makes the receiver drop. */
const congestionMet = 3;

/** Seconds between two such packets: some come while probes run. */
const pause = 0.2;

/** Somebody sends the culprit IPIP packets whose two headers contradict each other, beside all that is as it must be. */
export const congestedFrames = defineFault({
  name: "congested-frames",
  title: "one node's IPIP tunnel gets packets marked as congested that may not be, and counts errors",
  describes: "no known report: a router that marks packets of senders that do not take part in ECN",
  modes: ["ipip-cross-subnet", "ipip-always"],
  needs: ["cross-subnet"],
  unmet: ({ families }) => (families.includes(4) ? undefined : "IPIP is IPv4"),
  cause: "kernel-count",
  apply: async (network, _plan, scope = new Scope()) => {
    const [to, from] = [culprit(network), farPeer(network)];
    const ends = [from, to].map(({ address }) => addressHex(address)).join("");
    const inner = `pack(q{C C n n n C C n H16 x8}, 0x45, 0, 28, 0, 0, 64, ${unread}, 0, q{${ends}})`;
    const receiver = `pack(q{S n H8 x8}, 2, 0, q{${addressHex(to.address)}})`;
    // Without the module Socket, which small guests lack: AF_INET 2, SOCK_RAW 3, IPPROTO_IP 0, IP_TOS 1 (ip(7)).
    const program =
      `socket(S, 2, 3, ${ipip}) or die; setsockopt(S, 0, 1, pack(q{i}, ${congestionMet})) or die; ` +
      `while (1) { send(S, ${inner}, 0, ${receiver}); select(undef, undef, undef, ${pause}) }`;
    await from.executor.spawn(["perl", "-e", program], scope);
    return { did: [`${from.name}: perl -e '${program}' &`] };
  },
  follows: ["sentinel"],
  trips: [{ check: "interface-errors", status: "fail", path: "*/interface-errors/*", category: "lost on the way" }],
});
