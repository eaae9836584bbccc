import { LabError } from "../../core/errors.ts";
import type { Executor } from "../../exec/executor.ts";
import { runScript } from "../../exec/script.ts";
import type { NodeFacts } from "../dataplane.ts";
import { parseFdb } from "./parse-fdb.ts";
import { parseLinks } from "./parse-links.ts";
import { parseNeighbors } from "./parse-neighbors.ts";
import { parseRoutes } from "./parse-routes.ts";

/** Stands between the answers of one script; no output of ip(8) looks like it. */
const separator = "--next--";

const commands = ["ip -j -d -4 route", "ip -j -d -6 route", "ip -j -d addr", "ip -j neigh", "bridge -j fdb"];

/** Reads the kernel state of one node in one process: main-table routes, devices, FDB entries and neighbors. */
export async function readNodeFacts(node: string, executor: Executor): Promise<NodeFacts> {
  const { stdout } = await runScript(executor, commands.join(`\necho ${separator}\n`));
  const answers = stdout.split(`${separator}\n`);
  if (answers.length !== commands.length) throw incomplete(executor.where, stdout);
  const [routes4 = "", routes6 = "", links = "", neighbors = "", fdb = ""] = answers;
  return {
    node,
    routes: [...parseRoutes(routes4, 4), ...parseRoutes(routes6, 6)],
    links: parseLinks(links),
    fdb: parseFdb(fdb),
    neighbors: parseNeighbors(neighbors),
  };
}

function incomplete(where: string, stdout: string): LabError {
  return new LabError("the node's kernel state came back incomplete", { where, tail: stdout.slice(-400) });
}
