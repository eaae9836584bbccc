import { CommandError } from "../../exec/command-error.ts";
import type { Executor } from "../../exec/executor.ts";
import { sshExecutor } from "../../exec/ssh/ssh.ts";
import { explainConnection, HostDoor, type ConnectOptions } from "./connect-host.ts";
import type { InventoryHost } from "./inventory.ts";
import { sudoExecutor } from "./sudo.ts";

/** A host's executor: as root, with errors in words of the inventory. */
export interface HostExecutor extends Executor {
  /** Ends the connection, and with it what still runs over it; a later command connects again. */
  close(): Promise<void>;
}

export interface HostExecutorOptions extends ConnectOptions {
  /** Comes with every command. */
  readonly env?: Readonly<Record<string, string>>;
  /** For messages; default "host". */
  readonly role?: "node" | "router";
  /** Milliseconds without a command after which the connection is closed: it keeps the program from ending. Default: never. */
  readonly idleMs?: number;
}

/** Commands on a host of the inventory, as root. */
export function hostExecutor(host: InventoryHost, options: HostExecutorOptions): HostExecutor {
  const { env = {}, role = "host", idleMs } = options;
  const where = `${role} ${host.name} (${host.user}@${host.address})`;
  const door = new HostDoor(host, options);
  const ssh = sshExecutor({ where, env, connect: () => door.config(), ...(idleMs === undefined ? {} : { idleMs }) });
  const root = host.become === "sudo" ? sudoExecutor(ssh, env) : ssh;
  const explained = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      throw explain(error, host, door);
    }
  };
  return {
    where,
    run: (argv, run) => explained(root.run(argv, run)),
    tryRun: (argv, run) => explained(root.tryRun(argv, run)),
    spawn: async (argv, scope, run) => {
      const running = await explained(root.spawn(argv, scope, run));
      const finished = explained(running.finished);
      finished.catch(() => undefined);
      return {
        argv: running.argv,
        finished,
        waitForLine: (pattern, timeoutMs) => explained(running.waitForLine(pattern, timeoutMs)),
        stop: (signal) => explained(running.stop(signal)),
      };
    },
    close: () => ssh.close(),
  };
}

function explain(error: unknown, host: InventoryHost, door: HostDoor): unknown {
  if (error instanceof CommandError && error.message.includes("ssh connection was lost")) {
    const left = "what was left there: npm run lab -- down --stale";
    return error.withFix(`see whether ${host.name} is up and its network steady; ${left}`);
  }
  return explainConnection(error, host, door.refusal);
}
