import type { Scope } from "../core/scope.ts";
import type { Executor } from "../exec/executor.ts";

/** Name of the nftables table that holds a fault's rules; the fault removes it. */
export const faultTable = "encaplab-fault";

/** Where a fault's rules hook in; the nat one comes just before the dataplane's own. */
const hooks = {
  forward: "type filter hook forward priority 0",
  prerouting: "type filter hook prerouting priority -300",
  "nat-postrouting": "type nat hook postrouting priority 90",
} as const;

/** A node or router that takes rules. */
interface Place {
  readonly name: string;
  readonly executor: Executor;
}

/** Puts the same rules into a table of their own on each place, until the scope ends; returns what was done where. */
export function addRulesToAll(
  places: readonly Place[],
  hook: keyof typeof hooks,
  rules: readonly string[],
  scope: Scope,
): Promise<readonly string[]> {
  return Promise.all(places.map((place) => addRules(place, hook, rules, scope)));
}

async function addRules(on: Place, hook: keyof typeof hooks, rules: readonly string[], scope: Scope): Promise<string> {
  const table = `inet ${faultTable}`;
  scope.defer(`remove the fault's rules from ${on.name}`, async () => {
    await on.executor.run(["nft", `add table ${table}; delete table ${table}`]);
  });
  const chain = `chain fault { ${hooks[hook]}; ${rules.join("; ")}; }`;
  const argument = `table ${table} { ${chain}; }`;
  await on.executor.run(["nft", argument]);
  return `${on.name}: nft '${argument}'`;
}
