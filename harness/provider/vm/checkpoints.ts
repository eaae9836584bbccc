import { createHash } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { poll } from "../../core/poll.ts";
import type { Executor } from "../../exec/executor.ts";
import { shellQuote } from "../../exec/quote.ts";
import type { Plan } from "../../topology/plan.ts";
import type { LabId } from "../../lab/lab-id.ts";
import type { Checkpoints } from "../../lab/lab.ts";
import { becomeNodes, connectUplinks, inFabric, inMachines, startAll, type BuiltMachines } from "./build-lab.ts";
import { cached, pruneCache } from "../../core/cache.ts";
import { exists } from "../../core/exists.ts";
import { tellGuest } from "./control-port.ts";
import { identityLine, renewalScript } from "./guest-identity.ts";
import { isAlive, startMachine } from "./machine.ts";
import { machineFiles } from "./qemu-command.ts";
import { quit, whileStopped } from "./qmp.ts";
import { takeBackBatch } from "./render-machines.ts";

/** Checkpoints that stay in the cache: some 400 MB for each machine that runs Calico. */
const keptCheckpoints = 3;

const kind = "checkpoints";

/** A lab whose machines this process started. */
interface RunningLab extends BuiltMachines {
  readonly plan: Plan;
  readonly id: LabId;
  readonly host: Executor;
  /** Ends the ssh connections to all nodes: they would not survive the machines. */
  readonly hangUp: () => Promise<void>;
}

/** States of all machines of a lab at one moment, kept in the cache; machines are started anew to take one on. */
export function checkpointsOf(lab: RunningLab): Checkpoints {
  const { cache } = lab.kit;
  const keyOf = (name: string): string =>
    createHash("sha256")
      .update(JSON.stringify([lab.kit.stateKey, lab.plan.digest, name]))
      .digest("hex")
      .slice(0, 16);
  return {
    save: async (name, beside) => {
      try {
        await cached(cache, kind, keyOf(name), (half) => writeAll(lab, half, beside));
        await pruneCache(cache, kind, keptCheckpoints);
        return true;
      } catch {
        return false;
      }
    },
    restore: async (name, before) => {
      const folder = join(cache, kind, keyOf(name));
      if (!(await exists(folder))) return false;
      // Through the cache, so that it counts as used.
      await cached(cache, kind, keyOf(name), () => Promise.reject(new Error("it has just been removed")));
      await before(folder);
      await restoreAll(lab, folder);
      return true;
    },
    discard: (name) => rm(join(cache, kind, keyOf(name)), { recursive: true, force: true }),
    reset: async () => {
      await endAll(lab);
      await startAll(lab.machines, lab.kit, inMachines(lab.host, lab.id));
      await becomeNodes(lab.plan, lab.id, lab.host, lab.machines, lab.keys);
    },
  };
}

async function writeAll(lab: RunningLab, folder: string, beside: (folder: string) => Promise<void>): Promise<void> {
  const machines = lab.machines.map(({ wires, where }) => ({ path: machineFiles(wires.path).qmp, where }));
  await whileStopped(machines, async (write) => {
    const states = lab.machines.map(({ node }) => stateFile(folder, node.name));
    await Promise.all(states.map((file, index) => write(index, `exec:cat >${shellQuote([file])}`)));
    await beside(folder);
  });
}

async function restoreAll(lab: RunningLab, folder: string): Promise<void> {
  await endAll(lab);
  const inside = inMachines(lab.host, lab.id);
  await Promise.all(
    lab.machines.map(({ node, wires, where }) =>
      startMachine(inside, lab.kit.model, { ...wires, state: stateFile(folder, node.name) }, where),
    ),
  );
  await Promise.all([
    connectUplinks(lab.plan, lab.id, lab.host),
    ...lab.machines.map(({ node, wires, where }) => {
      const keys = { hostKey: lab.keys.hosts[node.name]?.secret ?? "", authorized: lab.keys.authorized };
      return tellGuest(machineFiles(wires.path).control, identityLine(renewalScript(keys, new Date())), where);
    }),
  ]);
}

/** Ends all machines and takes their wires back, as before they were started. */
async function endAll(lab: RunningLab): Promise<void> {
  await lab.hangUp();
  await Promise.all(
    lab.machines.map(async ({ wires, where }) => {
      const files = machineFiles(wires.path);
      const pid = Number(await readFile(files.pid, "utf8").catch(() => ""));
      if (pid === 0 || !isAlive(pid)) return;
      await quit(files.qmp, where);
      await poll(() => Promise.resolve(isAlive(pid) ? { done: false, seen: "alive" } : { done: true, value: pid }), {
        what: "QEMU to end",
        timeoutMs: 10_000,
        intervalMs: 5,
        where,
      });
    }),
  );
  // What an attempt before this one had taken back already is no longer there.
  await inFabric(lab.host, lab.id).tryRun(["ip", "-force", "-batch", "-"], { input: takeBackBatch(lab.plan, lab.id) });
}

function stateFile(folder: string, node: string): string {
  return join(folder, `${node}.state`);
}
