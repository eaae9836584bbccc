import { CommandError } from "../../exec/command-error.ts";
import type { Executor } from "../../exec/executor.ts";
import { labelKeys } from "./names.ts";

/** One thing of a lab on an engine. */
export interface Part {
  readonly kind: "container" | "network" | "volume";
  readonly name: string;
  readonly runId: string;
  /** Which provider made it. */
  readonly provider: string;
  readonly owner: { readonly pid: number; readonly start: string; readonly host: string };
  /** Which node or router a container is; "" for everything else, and for containers that are no members. */
  readonly member: string;
  readonly running: boolean;
  /** As it stands in the label; "" for all but the volumes that carry it. */
  readonly label: string;
  readonly labeledAt: number;
}

const lists: readonly (readonly [kind: Part["kind"], argv: readonly string[], name: string, state: string])[] = [
  ["container", ["docker", "ps", "-a", "--no-trunc"], "{{.Names}}", "{{.State}}"],
  ["network", ["docker", "network", "ls"], "{{.Name}}", ""],
  ["volume", ["docker", "volume", "ls"], "{{.Name}}", ""],
];

const keys = [
  labelKeys.run,
  labelKeys.provider,
  labelKeys.ownerPid,
  labelKeys.ownerStart,
  labelKeys.ownerHost,
  labelKeys.member,
  labelKeys.label,
  labelKeys.labeledAt,
];

/** Everything of one lab, or of all labs, on the engine. */
export async function findParts(host: Executor, runId?: string): Promise<readonly Part[]> {
  const filter = `label=${labelKeys.run}${runId === undefined ? "" : `=${runId}`}`;
  const found = await Promise.all(
    lists.map(async ([kind, argv, name, state]) => {
      const format = [name, state, ...keys.map((key) => `{{.Label "${key}"}}`)].join("\t");
      const { stdout } = await host.run([...argv, "--filter", filter, "--format", format]);
      return stdout
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => parsePart(kind, line));
    }),
  );
  return found.flat();
}

function parsePart(kind: Part["kind"], line: string): Part {
  const [
    name = "",
    state = "",
    runId = "",
    provider = "",
    pid = "",
    start = "",
    host = "",
    member = "",
    label = "",
    at = "",
  ] = line.split("\t");
  const owner = { pid: Number(pid), start, host };
  return { kind, name, runId, provider, owner, member, running: state === "running", label, labeledAt: Number(at) };
}

/** The parts of all labs; none where no engine answers, because then there are none to be told of. */
export async function findAllParts(host: Executor): Promise<readonly Part[]> {
  try {
    return await findParts(host);
  } catch (error) {
    if (error instanceof CommandError) return [];
    throw error;
  }
}
