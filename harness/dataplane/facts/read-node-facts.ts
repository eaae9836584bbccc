import { LabError } from "../../core/errors.ts";
import type { Executor } from "../../exec/executor.ts";
import { runEverywhere } from "../../exec/run-everywhere.ts";
import type { NodeFacts } from "../node-facts.ts";
import { begin, end, factsScript } from "./render-script.ts";
import { counterSections, stateSections, type Section } from "./sections.ts";

/** A node or router whose kernel is asked. */
interface Place {
  readonly name: string;
  readonly executor: Executor;
}

/**
 * Reads routes, rules, devices, FDB entries and neighbors of many nodes in few processes: what a dataplane programs. Throws where any of
 * it cannot be read.
 */
export async function readNodeFacts(places: readonly Place[]): Promise<readonly NodeFacts[]> {
  const facts = await read(places, stateSections);
  for (const { node, unreadable } of facts) assertReadable(node, unreadable);
  return facts;
}

/** A LabError that names what could not be read of a node, and why. */
export function assertReadable(node: string, unreadable: NodeFacts["unreadable"]): void {
  const [first] = unreadable ?? [];
  if (first === undefined) return;
  throw new LabError(`the ${first.what} of ${node} could not be read`, {
    tail: first.because,
    fix: "check that ip(8) and bridge(8) of iproute2 work there",
  });
}

/** Reads also what tells why packets end: settings of the kernel, its counters, and the packet filters' rules that drop. What cannot be read is named. */
export function readWholeFacts(places: readonly Place[]): Promise<readonly NodeFacts[]> {
  return read(places, [...stateSections, ...counterSections]);
}

async function read(places: readonly Place[], sections: readonly Section[]): Promise<readonly NodeFacts[]> {
  const script = factsScript(sections);
  const results = await runEverywhere(places.map(({ executor }) => ({ executor, script })));
  return places.map(({ name }, index) => {
    const { stdout = "", stderr = "" } = results[index] ?? {};
    return factsFrom(name, sections, stdout, stderr);
  });
}

function factsFrom(node: string, sections: readonly Section[], stdout: string, stderr: string): NodeFacts {
  const answers = new Map(
    `\n${stdout}`
      .split(`\n${begin}`)
      .slice(1)
      .map((part) => [part.slice(0, part.indexOf("\n")), part.slice(part.indexOf("\n") + 1)] as const),
  );
  let facts: NodeFacts = { node, routes: [], links: [], fdb: [], neighbors: [] };
  for (const section of sections) {
    const problem = addTo(section, answers.get(section.name), stderr, (more) => (facts = merged(facts, more)));
    if (problem === undefined) continue;
    const unreadable = [...(facts.unreadable ?? []), { what: section.what, because: problem }];
    facts = { ...facts, unreadable };
  }
  return facts;
}

/** Gives what a section says to `add`; returns why it could not be read. */
function addTo(
  { parse, command }: Section,
  answer: string | undefined,
  stderr: string,
  add: (facts: Partial<NodeFacts>) => void,
): string | undefined {
  const [output = "", rest = ""] = (answer ?? "").split(`\n${end}`);
  const [code, ...words] = rest.trim().split("\n");
  if (answer === undefined || code === undefined || code === "") return stderr.trim() || `${command}: no answer`;
  if (code !== "0") return words.join("; ") || `${command}: exit ${code}`;
  try {
    add(parse(output));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Two sections may tell of the same thing: routes and rules of each family, counters of several files. */
function merged(facts: NodeFacts, more: Partial<NodeFacts>): NodeFacts {
  const both = <Item>(a: readonly Item[] | undefined, b: readonly Item[] | undefined): { readonly list: Item[] } => ({
    list: [...(a ?? []), ...(b ?? [])],
  });
  return {
    ...facts,
    ...more,
    routes: both(facts.routes, more.routes).list,
    ...(more.rules === undefined ? {} : { rules: both(facts.rules, more.rules).list }),
    ...(more.otherTables === undefined ? {} : { otherTables: both(facts.otherTables, more.otherTables).list }),
    ...(more.localTable === undefined ? {} : { localTable: both(facts.localTable, more.localTable).list }),
    ...(more.drops === undefined ? {} : { drops: both(facts.drops, more.drops).list }),
    ...(more.translated === undefined
      ? {}
      : { translated: [...new Set([...(facts.translated ?? []), ...more.translated])] }),
    ...(more.backends === undefined ? {} : { backends: { ...facts.backends, ...more.backends } }),
    ...(more.backendPorts === undefined ? {} : { backendPorts: { ...facts.backendPorts, ...more.backendPorts } }),
    ...(more.rewrites === undefined ? {} : { rewrites: both(facts.rewrites, more.rewrites).list }),
    ...(more.counters === undefined ? {} : { counters: { ...facts.counters, ...more.counters } }),
  };
}
