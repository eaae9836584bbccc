import { randomUUID } from "node:crypto";
import { LabError } from "../../core/errors.ts";
import type { Executor } from "../../exec/executor.ts";
import { etcdEndpoint } from "./management.ts";
import type { CalicoResource } from "./resources.ts";

/** One key of the datastore. */
export interface Entry {
  readonly key: string;
  readonly value: string;
}

/** Where etcd keeps a resource (libcalico-go/lib/backend/model/resource.go). */
export function resourceKey(kind: string, name: string): string {
  const plural = kind.endsWith("y") ? `${kind.slice(0, -1)}ies` : `${kind}s`;
  return `/calico/resources/v3/projectcalico.org/${plural.toLowerCase()}/${name}`;
}

/**
 * All keys below a prefix. Spoken over etcd's JSON gateway with curl, so that no client of etcd or Calico is needed; keys
 * and values travel as base64.
 */
export async function readPrefix(executor: Executor, prefix: string): Promise<readonly Entry[]> {
  const answer = await call(executor, "kv/range", { key: base64(prefix), range_end: base64(next(prefix)) });
  const { kvs } = answer as { kvs?: readonly { key: string; value?: string }[] };
  return (kvs ?? []).map(({ key, value }) => ({ key: text(key), value: text(value ?? "") }));
}

/** Writes resources, all or none, in one transaction; one that exists keeps its identity, and what else its spec says. */
export async function writeResources(executor: Executor, resources: readonly CalicoResource[]): Promise<void> {
  const existing = await Promise.all(
    resources.map(({ kind, metadata }) => readOne(executor, resourceKey(kind, metadata.name))),
  );
  const success = resources.map((resource, index) => ({
    requestPut: {
      key: base64(resourceKey(resource.kind, resource.metadata.name)),
      value: base64(JSON.stringify(withIdentity(resource, existing[index]))),
    },
  }));
  await call(executor, "kv/txn", { success });
}

async function readOne(executor: Executor, key: string): Promise<string | undefined> {
  const { kvs } = (await call(executor, "kv/range", { key: base64(key) })) as { kvs?: readonly { value: string }[] };
  const value = kvs?.[0]?.value;
  return value === undefined ? undefined : text(value);
}

/** Calico's own client gives every resource a UID and a time of creation; readers of the datastore expect both. */
function withIdentity(resource: CalicoResource, existing: string | undefined): unknown {
  const old =
    existing === undefined ? undefined : (JSON.parse(existing) as Partial<Record<"metadata" | "spec", object>>);
  const fresh = { uid: randomUUID(), creationTimestamp: new Date().toISOString().replace(/\.\d+Z$/, "Z") };
  return {
    ...resource,
    metadata: { ...fresh, ...old?.metadata, ...resource.metadata },
    spec: { ...old?.spec, ...resource.spec },
  };
}

async function call(executor: Executor, method: string, body: object): Promise<unknown> {
  const url = `${etcdEndpoint}/v3/${method}`;
  const argv = ["curl", "--silent", "--show-error", "--fail-with-body", "--max-time", "10", "--data-binary", "@-", url];
  const { stdout } = await executor.run(argv, { input: JSON.stringify(body) });
  try {
    return JSON.parse(stdout) as unknown;
  } catch (cause) {
    throw new LabError("the lab's etcd did not return valid JSON", {
      where: executor.where,
      tail: stdout.slice(0, 400),
      cause,
    });
  }
}

/** The first key after all keys with this prefix (etcd's own rule for range_end). */
function next(prefix: string): string {
  return prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
}

function base64(value: string): string {
  return Buffer.from(value).toString("base64");
}

function text(value: string): string {
  return Buffer.from(value, "base64").toString("utf8");
}
