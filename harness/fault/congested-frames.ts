import { Scope } from "../core/scope.ts";
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
    const ends = [from.address, to.address].map((address) => `inet_aton(q{${address}})`).join(" . ");
    const inner = `pack(q{C C n n n C C n}, 0x45, 0, 28, 0, 0, 64, ${unread}, 0) . ${ends} . (chr(0) x 8)`;
    const program =
      `socket(S, PF_INET, SOCK_RAW, ${ipip}) or die; setsockopt(S, 0, 1, pack(q{i}, ${congestionMet})) or die; ` +
      `while (1) { send(S, ${inner}, 0, sockaddr_in(0, inet_aton(q{${to.address}}))); select(undef, undef, undef, ${pause}) }`;
    await from.executor.spawn(["perl", "-MSocket", "-e", program], scope);
    return { did: [`${from.name}: perl -MSocket -e '${program}' &`] };
  },
  follows: ["sentinel"],
  trips: [{ check: "interface-errors", status: "fail", path: "*/interface-errors/*", category: "lost on the way" }],
});
