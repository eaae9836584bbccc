import { poll } from "../../core/poll.ts";
import type { Lab } from "../../lab/lab.ts";
import { runScript } from "../../exec/script.ts";
import { shellQuote } from "../../exec/quote.ts";
import { etcdFolder } from "./lab-folder.ts";
import { etcdEndpoint, etcdPort, managementExecutor } from "./management.ts";
import { logTail } from "./log-tail.ts";
import { startServices } from "../process/supervise.ts";

/** Milliseconds until a fresh etcd answers; half a second is usual. */
const startTimeoutMs = 15_000;

/** Starts the lab's datastore in its management namespace and returns when it answers. `program` is etcd's path or name. */
export async function startEtcd(lab: Lab, program: string): Promise<void> {
  const executor = managementExecutor(lab);
  const folder = etcdFolder(lab);
  // Peers are none; their address must be given all the same, or etcd takes one of its own choice.
  const peer = "http://127.0.0.1:2380";
  const options: Readonly<Record<string, string>> = {
    name: "lab",
    "data-dir": `${folder}/data`,
    // Machines come by their management wires, each of which ends in this namespace.
    "listen-client-urls": lab.machines === undefined ? etcdEndpoint : `http://[::]:${etcdPort}`,
    "advertise-client-urls": etcdEndpoint,
    "listen-peer-urls": peer,
    "initial-advertise-peer-urls": peer,
    "initial-cluster": `lab=${peer}`,
  };
  const argv = [program, ...Object.entries(options).map(([key, value]) => `--${key}=${value}`)];
  await runScript(executor, `mkdir -p ${shellQuote([folder])}`);
  await startServices(executor, folder, [{ name: "etcd", argv }]);
  try {
    await poll(
      async () => {
        const { exitCode, stderr } = await executor.tryRun([
          "curl",
          "-sS",
          "--max-time",
          "2",
          `${etcdEndpoint}/health`,
        ]);
        return exitCode === 0 ? { done: true, value: undefined } : { done: false, seen: stderr.trim() };
      },
      { what: "the lab's etcd to answer", timeoutMs: startTimeoutMs, intervalMs: 30, where: executor.where },
    );
  } catch (error) {
    throw await logTail(error, executor, `${folder}/etcd.log`);
  }
}
