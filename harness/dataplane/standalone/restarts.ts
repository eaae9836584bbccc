import { LabError } from "../../core/errors.ts";
import type { Executor } from "../../exec/executor.ts";
import type { Lab, LabNode } from "../../lab/lab.ts";
import { serviceEnds, type ServiceEnd } from "../process/supervise.ts";
import { nodeFolder } from "./lab-folder.ts";
import { logTail } from "./log-tail.ts";

/** Ends in a row after which a program counts as unable to run, and the seconds within which they come then. */
const tooMany = 4;
const rowSeconds = 120;

/** Exit code of Felix when it wants to be started again with a changed configuration (felix/daemon/daemon.go). */
const configurationChanged = 129;

/** One line per node and program that ended and was started again; none in a quiet lab. */
export async function restartNotes(lab: Lab): Promise<readonly string[]> {
  const all = await Promise.all(lab.nodes.map((node) => noteEnds(lab, node)));
  return all.flat();
}

/**
 * Throws, with the end of its log, where a program of a node's folder ends again and again: waiting longer will not help. Felix ends by itself
 * whenever the encapsulation changes, which on a way through several modes is often.
 */
export async function assertNoCrashLoop(executor: Executor, folder: string): Promise<void> {
  const ends = await serviceEnds(executor, folder);
  for (const [name, all] of byName(ends.filter(({ exitCode }) => exitCode !== configurationChanged))) {
    const last = all.at(-1)?.at ?? 0;
    const own = all.filter(({ at }) => last - at <= rowSeconds);
    if (own.length < tooMany) continue;
    const error = new LabError(`Calico's ${name} keeps failing: it has exited ${own.length} times (${codes(own)})`, {
      where: executor.where,
    });
    throw await logTail(error, executor, `${folder}/${name}.log`);
  }
}

async function noteEnds(lab: Lab, { name: node, executor }: LabNode): Promise<readonly string[]> {
  const ends = await serviceEnds(executor, nodeFolder(lab, node));
  return [...byName(ends)].map(([name, own]) => {
    const times = own.length === 1 ? "once" : `${own.length} times`;
    return `node ${node}: ${name} exited ${times} and was restarted (${codes(own)})`;
  });
}

function byName(ends: readonly ServiceEnd[]): ReadonlyMap<string, readonly ServiceEnd[]> {
  const names = new Map<string, ServiceEnd[]>();
  for (const end of ends) names.set(end.name, [...(names.get(end.name) ?? []), end]);
  return names;
}

function codes(ends: readonly ServiceEnd[]): string {
  const words = (code: number): string =>
    code === configurationChanged ? `exit ${code}: its configuration changed` : `exit ${code}`;
  return [...new Set(ends.map(({ exitCode }) => words(exitCode)))].join(", ");
}
