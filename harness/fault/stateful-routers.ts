import { Scope } from "../core/scope.ts";
import { runScript } from "../exec/script.ts";
import { withoutPrefix } from "../topology/address.ts";
import { addRulesToAll } from "./add-rules.ts";
import { culprit, everyActor, faultFamily, farPeer, routersOf } from "./cast.ts";
import { changeNode } from "./change-node.ts";
import { defineFault } from "./fault.ts";

/** One rack sends by the second router, its answers come by the first, and both keep state: each sees one half of every connection. */
export const statefulRouters = defineFault({
  name: "stateful-routers",
  title: "one rack sends by another router than its answers come by, and both routers filter by state",
  describes: "#7434",
  modes: ["none"],
  needs: ["cross-subnet"],
  topology: "two-routers",
  unmet: ({ routers, topology }) => (routers.length > 1 ? undefined : `topology ${topology.name} has one router`),
  cause: "asymmetric-way",
  apply: async (network, plan, scope = new Scope()) => {
    const segmentOf = (name: string): string | undefined =>
      plan.nodes.find((node) => node.name === name)?.uplink.segment;
    const segment = segmentOf(farPeer(network).name);
    const rack = everyActor(network).filter(
      ({ name }) => name !== culprit(network).name && segmentOf(name) === segment,
    );
    const [first = "", second = ""] = plan.routers.map(({ ports }) => {
      const port = ports.find((candidate) => candidate.segment === segment);
      return withoutPrefix(port?.addresses[faultFamily(network)] ?? "");
    });
    const ip = faultFamily(network) === 4 ? "ip" : "ip -6";
    const move = (from: string, to: string): string =>
      `${ip} route show via ${from} | while read -r destination rest; do ${ip} route replace $destination via ${to} $rest; done`;
    const routers = routersOf(network);
    for (const { name, executor } of routers) {
      const loose = (value: number): string => `sysctl -qw net.netfilter.nf_conntrack_tcp_loose=${value}`;
      scope.defer(`let ${name} take connections up in the middle again`, async () => {
        await runScript(executor, loose(1));
      });
      await runScript(executor, loose(0));
    }
    return {
      did: [
        ...(await addRulesToAll(routers, "forward", ["ct state invalid counter drop"], scope)),
        ...(await Promise.all(
          rack.map((actor) => changeNode(actor, [move(first, second)], [move(second, first)], scope)),
        )),
      ],
    };
  },
  follows: ["reached", "conservation", "no-leak", "symmetry", "sentinel", "not-encapsulated"],
  trips: [{ check: "control-plane", status: "fail", path: "*/control-plane/*", category: "control plane" }],
});
