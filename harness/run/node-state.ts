import { runBatch } from "../exec/batch.ts";
import type { Executor } from "../exec/executor.ts";

/** What ip(8) and its kin say on one node, as text for people. */
export interface NodeState {
  readonly node: string;
  /** Title to lines; a command that failed shows its error instead. */
  readonly sections: ReadonlyMap<string, readonly string[]>;
}

const commands: Readonly<Record<string, readonly string[]>> = {
  routes: ["ip", "-4", "route", "show", "table", "main"],
  "routes v6": ["ip", "-6", "route", "show", "table", "main"],
  devices: ["ip", "-d", "link", "show"],
  addresses: ["ip", "addr", "show"],
  fdb: ["bridge", "fdb", "show"],
  neighbors: ["ip", "neigh", "show"],
  rules: ["nft", "list", "ruleset"],
};

/** Reads the kernel state of one node in one process; best effort, never throws for a failing command. */
export async function readNodeState(node: string, executor: Executor): Promise<NodeState> {
  const batch = Object.entries(commands).map(([id, argv]) => ({ id, argv }));
  const answers = await runBatch(executor, batch, { parallel: 2 });
  const sections = new Map(
    [...answers].map(([id, { exitCode, stdout, stderr }]) => [id, lines(exitCode === 0 ? stdout : stderr)]),
  );
  return { node, sections };
}

/** One text of all sections, for the diagnostics folder. */
export function renderNodeState(state: NodeState): string {
  return [...state.sections].map(([title, text]) => `== ${title}\n${text.join("\n")}\n`).join("\n");
}

function lines(text: string): readonly string[] {
  return text.split("\n").filter((line) => line.trim() !== "");
}
