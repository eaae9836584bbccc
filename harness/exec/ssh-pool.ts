import {
  channelsPerConnection,
  openConnection,
  type SshConnection,
  type SshConnectionOptions,
} from "./ssh-connection.ts";

/** Commands left running on one connection; the rest of its channels stay free for commands that are waited for. */
const spawnsPerConnection = channelsPerConnection - 3;

interface Member {
  readonly opening: Promise<SshConnection>;
  spawned: number;
}

/** The connections to one node: one, and more only when many commands are left running on it. */
export class SshPool {
  readonly #options: SshConnectionOptions;
  #members: Member[] = [];

  constructor(options: SshConnectionOptions) {
    this.#options = options;
  }

  /** A connection with room; call `leave` when the command is over. */
  async enter(kind: "run" | "spawn"): Promise<{ readonly connection: SshConnection; readonly leave: () => void }> {
    const spawned = kind === "spawn" ? 1 : 0;
    const found = this.#members.find((member) => member.spawned + spawned <= spawnsPerConnection);
    const member = found ?? this.#open();
    member.spawned += spawned;
    const connection = await member.opening;
    return {
      connection,
      leave: () => {
        member.spawned -= spawned;
      },
    };
  }

  async close(): Promise<void> {
    const connections = await Promise.allSettled(this.#members.map(({ opening }) => opening));
    await Promise.all(connections.flatMap((opened) => (opened.status === "fulfilled" ? [opened.value.close()] : [])));
  }

  #open(): Member {
    const member: Member = { opening: openConnection(this.#options), spawned: 0 };
    const forget = (): void => {
      this.#members = this.#members.filter((other) => other !== member);
    };
    member.opening.then(({ closed }) => closed.then(forget), forget);
    this.#members.push(member);
    return member;
  }
}
