import type { Client, ClientChannel, ConnectConfig } from "ssh2";
import { LabError, messageOf } from "../../core/errors.ts";
import {
  argvLine,
  guardFolderPattern,
  guardScript,
  guardedFileLine,
  guardedLine,
  longestCommandLine,
} from "../command-guard.ts";
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

/** How a command ended on the other side: by its own exit code, by a signal ("SIGKILL"), or untold. */
export interface SshEnd {
  readonly code?: number;
  readonly signal?: string;
}

/** A command that was sent: its channel, and the way to signal its process group. */
export interface SshCommand {
  readonly channel: ClientChannel;
  /** Resolves when the channel has closed and standard output was read to its end. */
  readonly ended: Promise<SshEnd>;
  signal(name: NodeJS.Signals): void;
  /** Frees the channel's slot; call it once, when the command is over. */
  release(): void;
}

interface SshCommandOptions {
  readonly input: boolean;
  readonly tell: boolean;
}

/** One ssh connection to a node, with the guard that ends what it started. */
export interface SshConnection {
  /** Resolves with the reason once the connection is gone, or as soon as we begin to close it. */
  readonly closed: Promise<string>;
  /** Waits for a free channel, then sends the command. */
  exec(argv: readonly string[], options: SshCommandOptions): Promise<SshCommand>;
  close(): Promise<void>;
}

/** Connects and starts the guard. Throws a LabError that names the node when either fails. */
export async function openConnection(options: SshConnectionOptions): Promise<SshConnection> {
  // Most runs connect to nothing by ssh, and its cryptography takes a while to load.
  const ssh2 = await import("ssh2");
  const client = new ssh2.Client();
  const closed = whenClosed(client);
  try {
    await whenReady(client, options);
    const { channel: guard } = await execChannel(client, guardScript(runOf(options.env)));
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
  let tellClosing: (reason: string) => void = () => undefined;
  const closing = new Promise<string>((resolve) => {
    tellClosing = resolve;
  });
  const tell = (line: string): void => {
    if (guard.writable) guard.write(`${line}\n`);
  };
  return {
    // What the guard kills when we leave must count as lost, and not as ended by itself.
    closed: Promise.race([closing, closed]),
    exec: async (argv, options) => {
      const id = nextId++;
      const command = { id, folder, argv, env, ...options };
      await slots.take();
      try {
        const line = guardedLine(command);
        const short = Buffer.byteLength(line) <= longestCommandLine;
        if (!short) await writeRemote(client, `${folder}/${id}.argv`, argvLine(command));
        return {
          ...(await execChannel(client, short ? line : guardedFileLine(command))),
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
      tellClosing("the connection was closed");
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
    // Of what it is given, ssh2 reads the key at once, and throws.
    Promise.resolve(connect())
      .then((config) => client.connect(config))
      .catch(reject);
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

/**
 * A lost connection must not leave the caller waiting: ssh2 drops the callbacks of requests without an answer. How a command ended
 * is listened for at once: an answer that comes in one piece is told before any promise of it has been looked at.
 */
function execChannel(client: Client, line: string): Promise<Pick<SshCommand, "channel" | "ended">> {
  return new Promise((resolve, reject) => {
    const onClose = (): void => {
      reject(new Error("the connection was closed"));
    };
    client.once("close", onClose);
    try {
      client.exec(line, (error, channel) => {
        client.off("close", onClose);
        if (error === undefined) resolve({ channel, ended: whenEnded(channel) });
        else reject(error);
      });
    } catch (error) {
      client.off("close", onClose);
      reject(error instanceof Error ? error : new Error(String(error)));
    }
  });
}

function whenEnded(channel: ClientChannel): Promise<SshEnd> {
  return new Promise((resolve) => {
    channel.once("close", (code?: number | null, signal?: string) => {
      resolve({ ...(typeof code === "number" ? { code } : {}), ...(signal === undefined ? {} : { signal }) });
    });
  });
}

async function writeRemote(client: Client, path: string, text: string): Promise<void> {
  const { channel, ended } = await execChannel(client, `exec cat >${path}`);
  channel.resume();
  channel.end(text);
  const { code } = await ended;
  if (code !== 0) throw new Error(`could not write ${path} (exit ${String(code)})`);
}

function runOf(env: Readonly<Record<string, string>>): string {
  return (env.ENCAPLAB_RUN ?? "none").replace(":", ".");
}
