import { LabError } from "../core/errors.ts";
import type { Scope } from "../core/scope.ts";
import type { Network } from "../dataplane/dataplane.ts";
import type { Plan } from "../topology/plan.ts";
import { faultFamily, type Actor } from "./cast.ts";
import { familyWord } from "./pool-set.ts";

/** Why a fault of Services with several backends means nothing in a plan. */
export function noSharedService({ allocation: { shared = [] } }: Plan): string | undefined {
  return shared.length === 0 ? "the topology has no Service with several backends (services.shared)" : undefined;
}

/** The addresses of the backends of the first such Service, in the order of the topology. */
export function sharedBackends({ identities: { shared = [], pods } }: Network, family: 4 | 6): readonly string[] {
  return (shared[0]?.backends ?? []).flatMap((name) => pods.find((pod) => pod.name === name)?.addresses[family] ?? []);
}

/**
 * Has a node choose among other addresses for connections to the first Service with several backends, whatever the table is called that it
 * does so in.
 */
export async function chooseAmong(
  network: Network,
  { name, executor }: Actor,
  addresses: readonly string[],
  scope: Scope,
): Promise<readonly string[]> {
  const family = faultFamily(network);
  const [service] = network.identities.shared ?? [];
  const { stdout } = await executor.run(["nft", "-a", "list", "ruleset", familyWord(network)]);
  const choices = service === undefined ? [] : choicesIn(stdout, service.clusterIps[family] ?? "");
  if (service === undefined || choices.length === 0) {
    throw new LabError(`${name} does not choose among the backends of a Service`, { where: executor.where });
  }
  const places = addresses.map((address, place) => `${place} : ${address} . ${service.targetPort}`);
  const choice = `numgen random mod ${places.length} map { ${places.join(", ")} }`;
  scope.defer(`have ${name} choose among the backends as before`, async () => {
    for (const { where, rule } of choices) await executor.run(["nft", `replace rule ${where} ${rule}`]);
  });
  const commands = choices.map(({ where, rule }) => `replace rule ${where} ${rule.replace(/numgen .*/, choice)}`);
  for (const command of commands) await executor.run(["nft", command]);
  return commands.map((command) => `${name}: nft '${command}'`);
}

/** A rule that chooses by chance where connections to an address go; where = table, chain and handle. */
interface Choice {
  readonly where: string;
  readonly rule: string;
}

function choicesIn(ruleset: string, clusterIp: string): readonly Choice[] {
  let table = "";
  let chain = "";
  return ruleset.split("\n").flatMap((line) => {
    table = /^table (\S+ \S+) \{/.exec(line)?.[1] ?? table;
    chain = /^\s+chain (\S+) \{/.exec(line)?.[1] ?? chain;
    const [, rule = "", handle = ""] = /^\s*(.*\bnumgen .*) # handle (\d+)$/.exec(line) ?? [];
    return rule.includes(`daddr ${clusterIp} `) ? [{ where: `${table} ${chain} handle ${handle}`, rule }] : [];
  });
}
