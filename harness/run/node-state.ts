import type { Executor } from "../exec/executor.ts";
import { runEverywhere } from "../exec/run-everywhere.ts";

/** What ip(8) and its kin say on one node, as text for people. */
export interface NodeState {
  readonly node: string;
  /** Title to lines; a command that failed shows its error instead. */
  readonly sections: ReadonlyMap<string, readonly string[]>;
}

const commands: Readonly<Record<string, string>> = {
  routes: "ip -4 route show table main",
  "routes v6": "ip -6 route show table main",
  devices: "ip -d link show",
  addresses: "ip addr show",
  fdb: "bridge fdb show",
  neighbors: "ip neigh show",
  rules: "nft list ruleset",
};

/** Stands before each answer, with its title. */
const heading = "--section--";

const script = Object.entries(commands)
  .map(([title, command]) => `echo '${heading}${title}'; ${command} 2>&1`)
  .join("\n");

/** A node or router whose kernel is asked. */
interface Place {
  readonly name: string;
  readonly executor: Executor;
}

/** Reads the kernel state of nodes as text, in few processes; best effort, never throws for a failing command. */
export async function readNodeStates(places: readonly Place[]): Promise<readonly NodeState[]> {
  const results = await runEverywhere(places.map(({ executor }) => ({ executor, script })));
  return places.map(({ name }, index) => ({ node: name, sections: sectionsOf(results[index]?.stdout ?? "") }));
}

/** One text of all sections, for the diagnostics folder. */
export function renderNodeState(state: NodeState): string {
  return [...state.sections].map(([title, text]) => `== ${title}\n${text.join("\n")}\n`).join("\n");
}

function sectionsOf(text: string): NodeState["sections"] {
  const parts = `\n${text}`.split(`\n${heading}`).slice(1);
  return new Map(
    parts.map((part) => {
      const [title = "", ...lines] = part.split("\n");
      return [title, lines.filter((line) => line.trim() !== "")];
    }),
  );
}
