import { LabError } from "../core/errors.ts";
import { Scope } from "../core/scope.ts";
import { modes } from "../encap/mode.ts";
import { culprit } from "./cast.ts";
import { defineFault } from "./fault.ts";
import { noHostsOutside } from "./no-hosts-outside.ts";
import { familyWord } from "./pool-set.ts";

/** One node refuses what it must drop: clients, and load balancers that try another node only after a time-out, are told that nobody is there. */
export const localPortRefused = defineFault({
  name: "local-port-refused",
  title: "one node refuses requests to NodePorts with externalTrafficPolicy Local that it must drop",
  describes: "kube-proxy without its rules for Services that have no local endpoint",
  modes: modes.map(({ id }) => id),
  needs: ["same-subnet"],
  unmet: noHostsOutside,
  topology: "external",
  cause: "nodeport-local",
  apply: async (network, _plan, scope = new Scope()) => {
    const { name, executor } = culprit(network);
    const { stdout } = await executor.run(["nft", "list", "chains", familyWord(network)]);
    const table = /table (\S+ \S+) \{[^}]*\bchain without-backend \{/.exec(stdout.replaceAll(/\{[^{}]*\}/g, "{"))?.[1];
    if (table === undefined) throw new LabError(`${name} drops no requests to NodePorts`, { where: executor.where });
    const chain = [...table.split(" "), "without-backend"];
    const former = (await executor.run(["nft", "list", "chain", ...chain])).stdout;
    scope.defer(`have ${name} drop these requests again`, async () => {
      await executor.run(["nft", "-f", "-"], { input: former });
    });
    await executor.run(["nft", "flush", "chain", ...chain]);
    return { did: [`${name}: nft flush chain ${chain.join(" ")}`] };
  },
  trips: [{ check: "reached", status: "fail", path: "*/external-to-nodeport-local/*", category: "leak" }],
});
