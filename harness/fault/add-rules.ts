import type { Scope } from "../core/scope.ts";
import type { Executor } from "../exec/executor.ts";

/** Name of the nftables table that holds a fault's rules; the fault removes it. */
const faultTable = "encaplab-fault";

/** Where a fault's rules hook in; the nat ones come just before the dataplane's own. */
const hooks = {
  forward: "type filter hook forward priority 0",
  input: "type filter hook input priority 0",
  output: "type filter hook output priority 0",
  prerouting: "type filter hook prerouting priority -300",
  "nat-prerouting": "type nat hook prerouting priority -110",
  "nat-postrouting": "type nat hook postrouting priority 90",
} as const;

/** A node or router that takes rules. */
interface Place {
  readonly name: string;
  readonly executor: Executor;
}

/** What else a fault's table needs. */
interface TableOptions {
  /** Sets that the rules use. */
  readonly sets?: readonly string[];
  /** Family of the table; default inet. dup(licating) exists in the others only. */
  readonly family?: "inet" | "ip" | "ip6";
  /** The rules stand for kube-proxy's own, gone wrong: their table is named like its. */
  readonly asKubeProxy?: true;
}

/** Puts the same rules into a table of their own on each place, until the scope ends; returns what was done where. */
export function addRulesToAll(
  places: readonly Place[],
  hook: keyof typeof hooks,
  rules: readonly string[],
  scope: Scope,
  { sets = [], family = "inet", asKubeProxy }: TableOptions = {},
): Promise<readonly string[]> {
  const body = [...sets, `chain fault { ${hooks[hook]}; ${rules.join("; ")}; }`].join("; ");
  return Promise.all(
    places.map((place) =>
      addTable(place, `${family} ${faultTable}${asKubeProxy === true ? "-kube-proxy" : ""}`, body, scope),
    ),
  );
}

async function addTable(on: Place, table: string, body: string, scope: Scope): Promise<string> {
  scope.defer(`remove the fault's rules from ${on.name}`, async () => {
    await on.executor.run(["nft", `add table ${table}; delete table ${table}`]);
  });
  const argument = `table ${table} { ${body}; }`;
  await on.executor.run(["nft", argument]);
  return `${on.name}: nft '${argument}'`;
}
