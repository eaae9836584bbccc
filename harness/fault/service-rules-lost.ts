import { Scope } from "../core/scope.ts";
import { LabError } from "../core/errors.ts";
import { modes } from "../encap/mode.ts";
import { faultFamily, nearPeer, type Actor } from "./cast.ts";
import { defineFault } from "./fault.ts";
import { familyWord } from "./pool-set.ts";

/** One node translates no ClusterIP, as one without kube-proxy: its own pods and it lose every service, and nobody else does. */
export const serviceRulesLost = defineFault({
  name: "service-rules-lost",
  title: "one node has lost its rules for ClusterIPs",
  describes: "kube-proxy that does not run on one node",
  modes: modes.map(({ id }) => id),
  needs: ["same-subnet"],
  cause: "service-rules",
  apply: async (network, _plan, scope = new Scope()) => ({
    did: [await flushServices(nearPeer(network), familyWord(network), faultFamily(network), scope)],
  }),
  follows: ["conservation", "no-leak", "sentinel", "source-address", "encapsulated", "not-encapsulated"],
  trips: [{ check: "reached", status: "fail", path: "*/pod-to-clusterip/*", category: "not reached" }],
});

/** Empties the map of services, whatever the table is called that it is in. */
async function flushServices({ name, executor }: Actor, word: string, family: 4 | 6, scope: Scope): Promise<string> {
  const { stdout } = await executor.run(["nft", "list", "maps", word]);
  const table = /table (\S+ \S+) \{\s*map services \{/.exec(stdout)?.[1];
  if (table === undefined) throw new LabError(`${name} has no map of IPv${family} services`, { where: executor.where });
  const former = await executor.run(["nft", "list", "map", ...table.split(" "), "services"]);
  scope.defer(`put the services of ${name} back`, async () => {
    await executor.run(["nft", "-f", "-"], { input: former.stdout });
  });
  await executor.run(["nft", "flush", "map", ...table.split(" "), "services"]);
  return `${name}: nft flush map ${table} services`;
}
