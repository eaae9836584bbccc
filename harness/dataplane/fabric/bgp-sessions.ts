import { shellQuote } from "../../exec/quote.ts";
import { runScript } from "../../exec/script.ts";
import type { Lab, LabNode } from "../../lab/lab.ts";
import type { BgpSessionFact } from "../dataplane.ts";
import { birdFolder } from "./bgp-fabric.ts";
import { routerSessions } from "./bird-config.ts";

/** Stands between the answers of one script; BIRD prints no such line. */
const separator = "--next--";

/** Every BGP session that a lab's routers should have, with what it brings and takes; [] where the fabric speaks no BGP. */
export async function readFabricSessions(lab: Lab): Promise<readonly BgpSessionFact[]> {
  if (lab.plan.topology.fabric !== "bgp") return [];
  const all = await Promise.all(lab.routers.map((router) => sessionsAt(lab, router)));
  return all.flat();
}

async function sessionsAt(lab: Lab, { name: at, executor }: LabNode): Promise<readonly BgpSessionFact[]> {
  const planned = lab.plan.routers.find(({ name }) => name === at);
  const sessions = planned === undefined ? [] : routerSessions(lab.plan, planned);
  const ask = (words: string): string =>
    `birdc -s ${shellQuote([`${birdFolder(lab, at)}/bird.ctl`])} ${words} 2>&1 || :`;
  const questions = ["show protocols", "show route", ...sessions.map(({ name }) => `show route export ${name}`)];
  const { stdout } = await runScript(executor, questions.map(ask).join(`\necho ${separator}\n`));
  const [protocols = "", routes = "", ...exports] = stdout.split(`${separator}\n`);
  // What nobody answers is unknown, not down.
  if (!hasAnswered(protocols)) return [];
  const states = parseProtocols(protocols);
  const learned = parseLearned(routes);
  return sessions.map(({ name, peer, family }, index) => {
    const told = [...parseLearned(exports[index] ?? "").values()].flat();
    const state = states.get(name) ?? "unknown";
    return { at, peer, family, state, learned: learned.get(name) ?? [], advertised: [...new Set(told)] };
  });
}

/** BIRD begins each answer with its version; birdc without it says why it cannot connect. */
export function hasAnswered(text: string): boolean {
  return /^BIRD \S+ ready\./m.test(text);
}

/**
 * Destinations by the protocol that they came from, from `show route` of BIRD 1.6 or 2:
 * `198.19.0.0/26 via 198.18.1.11 on eth0 [Mesh_198_18_1_11 12:00:00] * (100/0) [i]`. Further ways to one destination follow on lines of
 * their own that begin with spaces.
 */
export function parseLearned(text: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, Set<string>>();
  let destination: string | undefined;
  for (const line of text.split("\n")) {
    destination = /^([0-9a-f.:]+\/\d+)\s/i.exec(line)?.[1] ?? destination;
    const protocol = /\s\[(\S+) [^\]]*\]/.exec(line)?.[1];
    if (destination === undefined || protocol === undefined) continue;
    found.set(protocol, (found.get(protocol) ?? new Set()).add(destination));
  }
  return new Map([...found].map(([protocol, destinations]) => [protocol, [...destinations]]));
}

/**
 * States of BGP protocols by name, from `show protocols` of BIRD 1.6 or 2: `a1_4 BGP --- up 12:00:00.000 Established`. What
 * is up or starting has its state in the last column, what is down has none.
 */
export function parseProtocols(text: string): ReadonlyMap<string, string> {
  const rows = text.split("\n").map((line) => line.trim().split(/\s+/));
  return new Map(
    rows.flatMap(([name, kind, , status, , info]) =>
      name === undefined || kind !== "BGP" ? [] : [[name, info ?? status ?? "unknown"] as const],
    ),
  );
}
