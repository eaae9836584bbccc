import { messageOf } from "../../core/errors.ts";
import type { LabRef } from "../../lab/lab.ts";
import { stateOf } from "../../lab/lab-state.ts";
import type { HostExecutor } from "./host-executor.ts";
import { hostNamespacePrefix, parseRecord, recordFile, type HostRecord } from "./host-record.ts";
import { ownerIsAlive } from "../../lab/owner-machine.ts";

/** A host's record, with the namespaces that its lab has there. */
export interface FoundRecord {
  readonly host: string;
  readonly record: HostRecord;
  readonly namespaces: readonly string[];
}

/** One host of an inventory and the way to it. */
export interface Reachable {
  readonly name: string;
  readonly executor: HostExecutor;
}

/** What hosts tell of labs, and the hosts that could not be asked, with the reason. */
export interface Findings {
  readonly found: readonly FoundRecord[];
  readonly silent: readonly { readonly name: string; readonly error: unknown }[];
}

/** Asks all hosts side by side; one that is down does not hide what the others know. */
export async function findRecords(hosts: readonly Reachable[]): Promise<Findings> {
  const answers = await Promise.all(
    hosts.map(async ({ name, executor }) => {
      try {
        return { found: await findRecord(name, executor) };
      } catch (error) {
        return { silent: { name, error } };
      }
    }),
  );
  return {
    found: answers.flatMap(({ found }) => found ?? []),
    silent: answers.flatMap(({ silent }) => silent ?? []),
  };
}

/** The labs that the records tell of. */
export async function labsOf(found: readonly FoundRecord[], provider: string): Promise<readonly LabRef[]> {
  const runs = new Set(found.map(({ record }) => record.runId));
  return Promise.all(
    [...runs].map((runId) => {
      const own = found.filter(({ record }) => record.runId === runId);
      return describe(runId, own, provider);
    }),
  );
}

/** One line per host that could not be asked. */
export function silenceNotices({ silent }: Findings): readonly string[] {
  return silent.map(({ name, error }) => {
    const reason = messageOf(error);
    return `${reason.includes(name) ? reason : `${name}: ${reason}`}; leftovers of labs there are unknown`;
  });
}

async function findRecord(host: string, executor: HostExecutor): Promise<readonly FoundRecord[]> {
  const script = `[ ! -e ${recordFile} ] || { cat ${recordFile}; ip netns list; }`;
  const [first = "", ...names] = (await executor.run(["sh", "-c", script])).stdout.split("\n");
  const record = parseRecord(first, executor.where);
  if (record === undefined) return [];
  const prefix = hostNamespacePrefix(record);
  const namespaces = names.map((line) => line.split(" ")[0] ?? "").filter((name) => name.startsWith(prefix));
  return [{ host, record, namespaces }];
}

async function describe(runId: string, own: readonly FoundRecord[], provider: string): Promise<LabRef> {
  const [first] = own;
  const label = own.find(({ record }) => record.label !== undefined)?.record.label;
  // Of an owner on another machine nothing is known: better a leftover than a lab torn down in use.
  const lives = async (): Promise<boolean> => first !== undefined && ((await ownerIsAlive(first.record.owner)) ?? true);
  return {
    runId,
    provider,
    parts: own.flatMap(({ host, namespaces }) => [
      `${host}:${recordFile}`,
      ...namespaces.map((name) => `${host}: namespace ${name}`),
    ]),
    ...(await stateOf(lives, () => Promise.resolve(label))),
    ...(first === undefined ? {} : { ownerPid: first.record.owner.pid }),
  };
}
