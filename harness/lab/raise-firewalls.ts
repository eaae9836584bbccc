import { LabError } from "../core/errors.ts";
import type { Plan } from "../topology/plan.ts";
import type { Pass } from "../topology/topology.ts";
import type { Lab } from "./lab.ts";

/** Table of nftables that makes a router a firewall. */
export const firewallTable = "inet encaplab-firewall";

/** Both ends of a session on port 179 send; tunnels' answers come to the same port. */
const rules: Readonly<Record<Pass, readonly string[]>> = {
  "udp/4789": ["udp dport 4789 accept"],
  "ip/4": ["meta l4proto 4 accept"],
  "tcp/179": ["tcp dport 179 accept", "tcp sport 179 accept"],
  "udp/51820": ["udp dport { 51820, 51821 } accept"],
};

/** The rules of a firewall's chain: everything on the list, and nothing else. */
export function firewallRules(allow: readonly Pass[]): readonly string[] {
  return [...allow.flatMap((pass) => rules[pass]), "counter drop"];
}

/**
 * Makes firewalls of the routers that the topology says are such, once the underlay is known to work: nodes' own pings do not get
 * through any more. A LabError where such a router is nobody of the lab's.
 */
export async function raiseFirewalls({ plan, routers }: Pick<Lab, "plan" | "routers">): Promise<void> {
  await Promise.all(
    firewallsOf(plan).map(async ({ name, allow }) => {
      const router = routers.find((candidate) => candidate.name === name);
      if (router === undefined) {
        throw new LabError(`router ${name} is not the lab's own, so it cannot be made a firewall`, {
          fix: "take a provider that makes the routers (netns, docker, vm), or a topology without allow",
        });
      }
      const chain = `chain between { type filter hook forward priority 0; ${firewallRules(allow).join("; ")}; }`;
      await router.executor.run(["nft", `table ${firewallTable} { ${chain}; }`]);
    }),
  );
}

/** The routers that pass on only what is on a list. */
export function firewallsOf({ routers }: Plan): readonly { readonly name: string; readonly allow: readonly Pass[] }[] {
  return routers.flatMap(({ name, allow }) => (allow === undefined ? [] : [{ name, allow }]));
}
