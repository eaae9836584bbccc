import { Client, type ClientChannel, type ConnectConfig } from "ssh2";
import { LabError, messageOf } from "../core/errors.ts";
import {
  argvLine,
  guardFolderPattern,
  guardScript,
  guardedFileLine,
  guardedLine,
  longestCommandLine,
} from "./ssh-guard.ts";
import { Slots } from "./slots.ts";

/** Commands at a time on one connection; OpenSSH allows 10 channels (MaxSessions), and the guard takes one. */
export const channelsPerConnection = 7;

/** Milliseconds that the other side gets to close; it may have vanished. */
const closeGraceMs = 2_000;

export interface SshConnectionOptions {
  readonly where: string;
  readonly connect: () => ConnectConfig | Promise<ConnectConfig>;
  /** Environment of every command; `ENCAPLAB_RUN=<run>:<pid>` is how leftovers are found. */
  readonly env: Readonly<Record<string, string>>;
}

/** A command that was sent: its channel, and the way to signal its process group. */
export interface SshCommand {
  readonly channel: ClientChannel;
  signal(name: NodeJS.Signals): void;
  /** Frees the channel's slot; call it once, when the command is over. */
  release(): void;
}

export interface SshCommandOptions {
  readonly input: boolean;
  readonly tell: boolean;
}

/** One ssh connection to a node, with the guard that ends what it started. */
export interface SshConnection {
  /** Resolves with the reason once the connection is gone, whoever ended it. */
  readonly closed: Promise<string>;
  /** Waits for a free channel, then sends the command. */
  exec(argv: readonly string[], options: SshCommandOptions): Promise<SshCommand>;
  close(): Promise<void>;
}

/** Connects and starts the guard. Throws a LabError that names the node when either fails. */
export async function openConnection(options: SshConnectionOptions): Promise<SshConnection> {
  const client = new Client();
  const closed = whenClosed(client);
  try {
    await whenReady(client, options);
    const guard = await execChannel(client, guardScript(runOf(options.env)));
    const folder = await readFolder(guard);
    return connectionOf(client, guard, folder, closed, options);
  } catch (error) {
    client.destroy();
    throw new LabError(`no ssh connection: ${messageOf(error)}`, { where: options.where, cause: error });
  }
}

function connectionOf(
  client: Client,
  guard: ClientChannel,
  folder: string,
  closed: Promise<string>,
  { env }: SshConnectionOptions,
): SshConnection {
  const slots = new Slots(channelsPerConnection);
  let nextId = 1;
  const tell = (line: string): void => {
    if (guard.writable) guard.write(`${line}\n`);
  };
  return {
    closed,
    exec: async (argv, options) => {
      const id = nextId++;
      const command = { id, folder, argv, env, ...options };
      await slots.take();
      try {
        const line = guardedLine(command);
        const short = Buffer.byteLength(line) <= longestCommandLine;
        if (!short) await writeRemote(client, `${folder}/${id}.argv`, argvLine(command));
        const channel = await execChannel(client, short ? line : guardedFileLine(command));
        return {
          channel,
          signal: (name) => {
            tell(`kill ${id} ${name.replace(/^SIG/, "")}`);
          },
          release: () => {
            tell(`done ${id}`);
            slots.give();
          },
        };
      } catch (error) {
        slots.give();
        throw error;
      }
    },
    close: async () => {
      guard.end();
      client.end();
      const timer = setTimeout(() => client.destroy(), closeGraceMs);
      await closed;
      clearTimeout(timer);
    },
  };
}

function whenReady(client: Client, { connect }: SshConnectionOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    client.once("ready", resolve);
    client.once("error", reject);
    client.once("close", () => {
      reject(new Error("the connection was closed during the handshake"));
    });
    Promise.resolve(connect()).then((config) => {
      client.connect(config);
    }, reject);
  });
}

function whenClosed(client: Client): Promise<string> {
  return new Promise((resolve) => {
    let reason = "the connection was closed";
    client.on("error", (error: Error) => {
      reason = error.message;
    });
    client.once("close", () => {
      resolve(reason);
    });
  });
}

async function readFolder(guard: ClientChannel): Promise<string> {
  let text = "";
  return new Promise((resolve, reject) => {
    guard.stderr.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
    guard.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      const folder = guardFolderPattern.exec(text)?.[1];
      if (folder !== undefined && text.endsWith("\n")) resolve(folder);
    });
    guard.once("close", () => {
      reject(new Error(`the guard ended: ${text.trim()}`));
    });
  });
}

/** A lost connection must not leave the caller waiting: ssh2 drops the callbacks of requests without an answer. */
function execChannel(client: Client, line: string): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    const onClose = (): void => {
      reject(new Error("the connection was closed"));
    };
    client.once("close", onClose);
    try {
      client.exec(line, (error, channel) => {
        client.off("close", onClose);
        if (error === undefined) resolve(channel);
        else reject(error);
      });
    } catch (error) {
      client.off("close", onClose);
      reject(error instanceof Error ? error : new Error(String(error)));
    }
  });
}

async function writeRemote(client: Client, path: string, text: string): Promise<void> {
  const channel = await execChannel(client, `exec cat >${path}`);
  await new Promise<void>((resolve, reject) => {
    channel.once("close", (code: number | null) => {
      if (code === 0) resolve();
      else reject(new Error(`could not write ${path} (exit ${String(code)})`));
    });
    channel.resume();
    channel.end(text);
  });
}

function runOf(env: Readonly<Record<string, string>>): string {
  return (env.ENCAPLAB_RUN ?? "none").replace(":", ".");
}
