import { LabError } from "../../core/errors.ts";
import type { CommandResult, Executor } from "../../exec/executor.ts";
import { runEverywhere } from "../../exec/run-everywhere.ts";
import type { NodeFacts } from "../dataplane.ts";
import { parseFdb } from "./parse-fdb.ts";
import { parseLinks } from "./parse-links.ts";
import { parseNeighbors } from "./parse-neighbors.ts";
import { parseRoutes } from "./parse-routes.ts";

/** Stands between the answers of one script; no output of ip(8) looks like it. */
const separator = "--next--";

const commands = ["ip -j -d -4 route", "ip -j -d -6 route", "ip -j -d addr", "ip -j neigh", "bridge -j fdb"];

const script = `set -e\n${commands.join(`\necho ${separator}\n`)}\n`;

/** A node or router whose kernel is asked. */
interface Place {
  readonly name: string;
  readonly executor: Executor;
}

/** Reads the kernel state of many nodes in few processes: main-table routes, devices, FDB entries and neighbors. */
export async function readNodeFacts(places: readonly Place[]): Promise<readonly NodeFacts[]> {
  const results = await runEverywhere(places.map(({ executor }) => ({ executor, script })));
  return places.flatMap(({ name }, index) => {
    const result = results[index];
    return result === undefined ? [] : [factsFrom(name, result)];
  });
}

function factsFrom(node: string, result: CommandResult): NodeFacts {
  const answers = result.stdout.split(`${separator}\n`);
  if (result.exitCode !== 0 || answers.length !== commands.length) throw incomplete(result);
  const [routes4 = "", routes6 = "", links = "", neighbors = "", fdb = ""] = answers;
  return {
    node,
    routes: [...parseRoutes(routes4, 4), ...parseRoutes(routes6, 6)],
    links: parseLinks(links),
    fdb: parseFdb(fdb),
    neighbors: parseNeighbors(neighbors),
  };
}

function incomplete({ where, stdout, stderr }: CommandResult): LabError {
  return new LabError("the node's kernel state came back incomplete", {
    where,
    tail: stderr.trim() || stdout.slice(-400),
  });
}
