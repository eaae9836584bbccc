import { Scope } from "../core/scope.ts";
import { firewallRules, firewallsOf, firewallTable } from "../lab/raise-firewalls.ts";
import type { Pass } from "../topology/topology.ts";
import { defineFault } from "./fault.ts";

/** A firewall between the racks lets BGP through, and not the tunnel. */
export const firewallForgetsTunnel = defineFault({
  name: "firewall-forgets-tunnel",
  title: "the firewall between the racks lets BGP through alone, and no tunnel",
  describes: "#2700, #1073, #2128, calicoctl#949",
  modes: ["vxlan-always", "vxlan-cross-subnet", "ipip-always", "ipip-cross-subnet"],
  needs: ["cross-subnet"],
  topology: "firewalled",
  unmet: (plan) =>
    firewallsOf(plan).length > 0 ? undefined : "no router is a firewall (allow): see topology firewalled",
  cause: "firewall-list",
  apply: async ({ lab }, plan, scope = new Scope()) => {
    const did = await Promise.all(
      firewallsOf(plan).map(async ({ name, allow }) => {
        const router = lab.routers.find((candidate) => candidate.name === name);
        const write = async (passes: readonly Pass[]): Promise<string> => {
          const lines = firewallRules(passes).map((rule) => `add rule ${firewallTable} between ${rule}`);
          const script = [`flush chain ${firewallTable} between`, ...lines].join("; ");
          await router?.executor.run(["nft", script]);
          return `${name}: nft '${script}'`;
        };
        scope.defer(`put back the firewall's list on ${name}`, async () => {
          await write(allow);
        });
        return write(["tcp/179"]);
      }),
    );
    return { did };
  },
  follows: ["conservation"],
  trips: [{ check: "reached", status: "fail", path: "*/pod-to-pod/cross-subnet/*", category: "not reached" }],
});
