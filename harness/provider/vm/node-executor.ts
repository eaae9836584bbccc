import { readFile } from "node:fs/promises";
import type { Duplex } from "node:stream";
import { join } from "node:path";
import { LabError, messageOf } from "../../core/errors.ts";
import type { Executor } from "../../exec/executor.ts";
import { sshExecutor, type SshExecutor } from "../../exec/ssh/ssh.ts";
import { tunnelThrough } from "../../exec/ssh/tunnel.ts";
import { runMark, type LabId } from "../../lab/lab-id.ts";
import type { LoginKeys } from "./guest-keys.ts";
import { consoleEnd } from "./machine.ts";
import { machineFiles } from "./qemu-command.ts";
import { sshTunnelArgv } from "./render-machines.ts";
import { guestName, machinesFolder } from "./vm-names.ts";

/** Milliseconds after which idle connections to a lab that another process made are closed: nobody says when it is done. */
const attachedIdleMs = 1_000;

/** Milliseconds of a command without a limit of its own; emulated machines on a busy host need more than what is usual. */
const commandTimeoutMs = 120_000;

/** Milliseconds between looks whether a machine still runs. */
const watchMs = 500;

export interface NodeAccess {
  readonly node: string;
  /** Place in the plan's list of nodes. */
  readonly index: number;
  readonly id: LabId;
  readonly keys: LoginKeys;
  /** Whether the lab was made by another process. */
  readonly attached: boolean;
}

/**
 * The executor of a node. Lab traffic stays in the lab: the connection enters the lab's namespace as a process, and not by a route or
 * an address of this host. It ends with the machine; errors then show the end of the machine's console.
 */
export function nodeExecutor({ node, index, id, keys, attached }: NodeAccess): SshExecutor {
  const env = { ENCAPLAB_RUN: runMark(id, id.ownerPid) };
  const pin = Buffer.from(keys.pins[node] ?? "", "base64");
  const path = join(machinesFolder(id), node);
  const door: Door = { isStrange: false };
  const ssh = sshExecutor({
    where: `node ${node} (vm ${guestName(id, node)})`,
    env,
    ...(attached ? { idleMs: attachedIdleMs } : {}),
    connect: async () => ({
      sock: whileRunning(tunnelThrough(sshTunnelArgv(id, index), env), await pidOf(path)),
      username: "root",
      privateKey: keys.user,
      hostVerifier: (key: Buffer) => {
        door.isStrange = !key.equals(pin);
        return !door.isStrange;
      },
      readyTimeout: 30_000,
    }),
  });
  const explained = <T>(work: Promise<T>): Promise<T> => withConsole(path, withDoor(node, id, door, work));
  const fetchFile: SshExecutor["fetchFile"] = (...args) => explained(ssh.fetchFile(...args));
  return { ...explaining(ssh, explained), fetchFile, close: () => ssh.close() };
}

/** What the last connection showed. */
interface Door {
  /** The guest's key is not the one that the lab gave it. */
  isStrange: boolean;
}

async function withDoor<T>(node: string, { runId }: LabId, door: Door, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof LabError) || !error.message.startsWith("no ssh connection")) throw error;
    const fix = `it has been changed; build it again: npm run lab -- down ${runId}`;
    const why = door.isStrange
      ? `the host key of ${node} is not the one that the lab gave it`
      : messageOf(error.details.cause).includes("authentication methods failed")
        ? `${node} rejects the lab's key`
        : undefined;
    throw why === undefined ? error : new LabError(why, { ...error.details, fix });
  }
}

/** A machine that ends closes no connection: its packets just stop. */
function whileRunning(stream: Duplex, pid: number): Duplex {
  const timer = setInterval(() => {
    try {
      process.kill(pid, 0);
    } catch {
      stream.destroy(new Error("the machine has ended"));
    }
  }, watchMs);
  stream.once("close", () => {
    clearInterval(timer);
  });
  return stream;
}

async function pidOf(path: string): Promise<number> {
  const pid = Number(await readFile(machineFiles(path).pid, "utf8").catch(() => ""));
  if (pid > 0) return pid;
  throw new Error("the machine is gone");
}

function explaining(executor: Executor, explained: <T>(work: Promise<T>) => Promise<T>): Executor {
  return {
    where: executor.where,
    run: (argv, options) => explained(executor.run(argv, { timeoutMs: commandTimeoutMs, ...options })),
    tryRun: (argv, options) => explained(executor.tryRun(argv, { timeoutMs: commandTimeoutMs, ...options })),
    spawn: async (argv, scope, options) => {
      const running = await explained(executor.spawn(argv, scope, options));
      const finished = explained(running.finished);
      finished.catch(() => undefined);
      return { ...running, finished };
    },
  };
}

/** Why a machine was lost stands on its console and nowhere else. */
async function withConsole<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof LabError) || !error.message.includes("ssh connection")) throw error;
    const console = await consoleEnd(path);
    throw new LabError(error.message, { ...error.details, tail: `${error.details.tail ?? ""}\n${console}`.trim() });
  }
}
