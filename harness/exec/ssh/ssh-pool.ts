import {
  channelsPerConnection,
  openConnection,
  type SshConnection,
  type SshConnectionOptions,
} from "./ssh-connection.ts";

/** Commands left running on one connection; the rest of its channels stay free for commands that are waited for. */
const spawnsPerConnection = channelsPerConnection - 3;

export interface SshPoolOptions extends SshConnectionOptions {
  /** Milliseconds without a command after which connections are closed, so that they keep no process alive; default: never. */
  readonly idleMs?: number;
}

interface Member {
  readonly opening: Promise<SshConnection>;
  active: number;
  spawned: number;
}

/** The connections to one node: one, and more only when many commands are left running on it. */
export class SshPool {
  readonly #options: SshPoolOptions;
  #members: Member[] = [];
  #idle: NodeJS.Timeout | undefined;

  constructor(options: SshPoolOptions) {
    this.#options = options;
  }

  /** A connection with room; call `leave` when the command is over. */
  async enter(kind: "run" | "spawn"): Promise<{ readonly connection: SshConnection; readonly leave: () => void }> {
    clearTimeout(this.#idle);
    const spawned = kind === "spawn" ? 1 : 0;
    const found = this.#members.find((member) => member.spawned + spawned <= spawnsPerConnection);
    const member = found ?? this.#open();
    member.spawned += spawned;
    member.active += 1;
    const leave = (): void => {
      member.spawned -= spawned;
      member.active -= 1;
      this.#closeWhenIdle();
    };
    try {
      return { connection: await member.opening, leave };
    } catch (error) {
      leave();
      throw error;
    }
  }

  async close(): Promise<void> {
    clearTimeout(this.#idle);
    const connections = await Promise.allSettled(this.#members.map(({ opening }) => opening));
    await Promise.all(connections.flatMap((opened) => (opened.status === "fulfilled" ? [opened.value.close()] : [])));
  }

  #closeWhenIdle(): void {
    const { idleMs } = this.#options;
    if (idleMs === undefined || this.#members.some(({ active }) => active > 0)) return;
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      if (this.#members.every(({ active }) => active === 0)) void this.close();
    }, idleMs);
  }

  #open(): Member {
    const member: Member = { opening: openConnection(this.#options), active: 0, spawned: 0 };
    const forget = (): void => {
      this.#members = this.#members.filter((other) => other !== member);
    };
    member.opening.then(({ closed }) => closed.then(forget), forget);
    this.#members.push(member);
    return member;
  }
}
