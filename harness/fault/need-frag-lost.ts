import { Scope } from "../core/scope.ts";
import { modes } from "../encap/mode.ts";
import { addRulesToAll } from "./add-rules.ts";
import { defineFault } from "./fault.ts";

/** Routers before a narrow link drop what is too large and tell nobody: small packets pass, and TCP hangs when it sends a full one. */
export const needFragLost = defineFault({
  name: "need-frag-lost",
  title: "no router tells senders that a packet is too large for its next link",
  describes: "no known report: firewalls that drop all ICMP (RFC 2923 2.1, black holes of path MTU discovery)",
  modes: modes.map(({ id }) => id),
  needs: ["cross-subnet"],
  topology: "narrow-core",
  unmet: ({ topology: { name, subnets } }) =>
    new Set(subnets.map(({ mtu }) => mtu)).size > 1 ? undefined : `all links of topology ${name} have one MTU`,
  apply: async ({ lab }, _plan, scope = new Scope()) => ({
    did: await addRulesToAll(
      lab.routers,
      "output",
      ["icmp type destination-unreachable icmp code 4 drop", "icmpv6 type packet-too-big drop"],
      scope,
    ),
  }),
  cause: "path-mtu",
  follows: ["reached", "conservation", "sizes", "mtu"],
  trips: [{ check: "path-mtu", status: "fail", path: "*/pod-to-host/cross-subnet/*", category: "wrong MTU" }],
});
