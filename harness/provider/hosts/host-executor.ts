import { CommandError } from "../../exec/command-error.ts";
import type { CommandResult, Executor } from "../../exec/executor.ts";
import { sshExecutor } from "../../exec/ssh.ts";
import { explainConnection, HostDoor, type ConnectOptions } from "./connect-host.ts";
import type { InventoryHost } from "./inventory.ts";
import { sudoExecutor } from "./sudo.ts";

/** Milliseconds that an unused connection stays open: it would keep the program from ending. */
const idleMs = 2_000;

/** A host's executor: as root, with errors in words of the inventory. */
export interface HostExecutor extends Executor {
  /** Keeps the connection open between commands until it is closed. */
  hold(): void;
  /** Ends the connection, and with it what still runs over it; a later command connects again. */
  close(): Promise<void>;
}

/** Commands on a host of the inventory, as root. `env` comes with every command; `role` is for messages. */
export function hostExecutor(
  host: InventoryHost,
  options: ConnectOptions,
  env: Readonly<Record<string, string>> = {},
  role: "node" | "router" | "host" = "host",
): HostExecutor {
  const where = `${role} ${host.name} (${host.user}@${host.address})`;
  const door = new HostDoor(host, options);
  const ssh = sshExecutor({ where, env, connect: () => door.config() });
  const root = host.become === "sudo" ? sudoExecutor(ssh, env) : ssh;
  let held = false;
  let busy = 0;
  let timer: NodeJS.Timeout | undefined;
  const during = async <T>(work: () => Promise<T>): Promise<T> => {
    busy += 1;
    clearTimeout(timer);
    try {
      return await work();
    } catch (error) {
      throw explain(error, host, door);
    } finally {
      busy -= 1;
      if (busy === 0 && !held) timer = setTimeout(() => void ssh.close(), idleMs).unref();
    }
  };
  return {
    where,
    run: (argv, run) => during(() => root.run(argv, run)),
    tryRun: (argv, run) => during(() => root.tryRun(argv, run)),
    spawn: async (argv, scope, run) => {
      const running = await during(() => root.spawn(argv, scope, run));
      const finished: Promise<CommandResult> = during(() => running.finished);
      finished.catch(() => undefined);
      return {
        argv: running.argv,
        finished,
        waitForLine: (pattern, timeoutMs) => during(() => running.waitForLine(pattern, timeoutMs)),
        stop: (signal) => during(() => running.stop(signal)),
      };
    },
    hold: () => {
      held = true;
      clearTimeout(timer);
    },
    close: async () => {
      held = false;
      clearTimeout(timer);
      await ssh.close();
    },
  };
}

function explain(error: unknown, host: InventoryHost, door: HostDoor): unknown {
  if (error instanceof CommandError && error.message.includes("ssh connection was lost")) {
    return error.withFix(
      `see whether ${host.name} is up and its network steady; what was left: npm run lab -- down --stale`,
    );
  }
  return explainConnection(error, host, door.refusal);
}
