import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { ConnectConfig, ServerHostKeyAlgorithm } from "ssh2";
import { LabError } from "../../core/errors.ts";
import { fingerprint, hostKeyRule, keyType, type HostKeyRule } from "./host-key.ts";
import type { InventoryHost } from "./inventory.ts";

/** How hosts are reached and trusted. */
export interface ConnectOptions {
  /** Trust hosts of which no key is known, for this run; a key that differs from a known one is refused all the same. */
  readonly acceptNewHostKeys?: boolean;
  /** Default: those of OpenSSH, `~/.ssh/known_hosts` and `/etc/ssh/ssh_known_hosts`. */
  readonly knownHosts?: readonly string[];
  /** Path of the ssh agent's socket, for hosts without a key file. */
  readonly agent?: string;
  /** The way to a host's ssh server instead of a TCP connection: a proxy, or a lab's own network. Asked for each connection. */
  readonly connect?: (host: InventoryHost) => Pick<ConnectConfig, "sock">;
}

/** Milliseconds until a host counts as down. */
const readyTimeoutMs = 15_000;

/** The signature algorithms that a type of key can use, in ssh2's order of preference. */
const algorithms: readonly (readonly [ServerHostKeyAlgorithm, type: string])[] = [
  ["ssh-ed25519", "ssh-ed25519"],
  ["ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256"],
  ["ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384"],
  ["ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521"],
  ["rsa-sha2-512", "ssh-rsa"],
  ["rsa-sha2-256", "ssh-rsa"],
];

/** The way into one host; remembers the keys it saw, so that a refusal can tell them. */
export class HostDoor {
  readonly #host: InventoryHost;
  readonly #options: ConnectOptions;
  #refusal: LabError | undefined;
  /** A key that was accepted as new: every further connection must show the same. */
  #accepted: Buffer | undefined;

  constructor(host: InventoryHost, options: ConnectOptions) {
    this.#host = host;
    this.#options = options;
  }

  /** Why the host's key was refused at the last connection; undefined when it was not. */
  get refusal(): LabError | undefined {
    return this.#refusal;
  }

  /** Settings of one connection. Throws a LabError when the key file cannot be read. */
  async config(): Promise<ConnectConfig> {
    const host = this.#host;
    const home = join(homedir(), ".ssh", "known_hosts");
    const rule = await hostKeyRule(host, this.#options.knownHosts ?? [home, "/etc/ssh/ssh_known_hosts"]);
    const credentials = await this.#credentials();
    this.#refusal = undefined;
    const isFirst = ([, type]: (typeof algorithms)[number]): boolean => rule.types.includes(type);
    const inOrder = [...algorithms.filter(isFirst), ...algorithms.filter((each) => !isFirst(each))];
    // Opened last, because until it is handed over nobody listens to what becomes of it.
    return {
      ...(this.#options.connect?.(host) ?? { host: host.address, port: host.port }),
      username: host.user,
      ...credentials,
      hostVerifier: (key: Buffer) => this.#trusts(key, rule),
      algorithms: { serverHostKey: inOrder.map(([name]) => name) },
      readyTimeout: readyTimeoutMs,
      keepaliveInterval: 10_000,
      keepaliveCountMax: 3,
    };
  }

  async #credentials(): Promise<Pick<ConnectConfig, "privateKey" | "agent">> {
    const { name, key } = this.#host;
    const { agent } = this.#options;
    if (key === undefined && agent !== undefined) return { agent };
    if (key === undefined) {
      throw new LabError("neither a key file nor an ssh agent", { where: name, fix: `give hosts.${name}.key` });
    }
    try {
      return { privateKey: await readFile(key) };
    } catch (cause) {
      throw new LabError(`the key file ${key} cannot be read`, {
        where: name,
        cause,
        fix: `correct hosts.${name}.key`,
      });
    }
  }

  #trusts(key: Buffer, rule: HostKeyRule): boolean {
    const { name, address, hostKey } = this.#host;
    const verdict = this.#accepted === undefined ? rule.judge(key) : this.#accepted.equals(key) ? "known" : "wrong";
    if (verdict === "known") return true;
    const shown = `${fingerprint(key)} (${keyType(key)})`;
    if (verdict === "unknown" && this.#options.acceptNewHostKeys === true) {
      this.#accepted = key;
      return true;
    }
    const known = hostKey === undefined ? "known_hosts" : `hosts.${name}.hostKey`;
    this.#refusal =
      verdict === "unknown"
        ? new LabError(`the host key of ${name} is not known: ${address} presented ${shown}`, {
            where: name,
            fix: `check it, then put \`hostKey: ${fingerprint(key)}\` under hosts.${name}, or --accept-new-host-keys`,
          })
        : new LabError(
            `the host key of ${name} does not match: ${address} presented ${shown}, not the one in ${known}`,
            {
              where: name,
              fix: `if ${name} was reinstalled, update ${known}; otherwise this may be a man-in-the-middle attack`,
            },
          );
    return false;
  }
}

/** The error of a connection that failed, in words of the inventory. */
export function explainConnection(error: unknown, host: InventoryHost, refusal: LabError | undefined): unknown {
  if (!(error instanceof LabError) || !error.message.startsWith("no ssh connection")) return error;
  if (refusal !== undefined) return refusal;
  const { cause } = error.details;
  if (cause instanceof LabError) return cause;
  const said = cause instanceof Error ? cause.message : error.message;
  const { name, address, port, user, key } = host;
  const by = key === undefined ? "the ssh agent's keys" : `the key ${key}`;
  const details = { where: error.details.where ?? name, cause: said };
  if (/authentication methods failed/i.test(said)) {
    const fix = `add its public key to ~${user}/.ssh/authorized_keys on ${name}, or correct hosts.${name}.key and user`;
    return new LabError(`${name} rejects ${user} with ${by}`, { ...details, fix });
  }
  if (/privateKey|passphrase|encrypted/i.test(said)) {
    const fix = `give hosts.${name}.key a private key without passphrase, or add the key to an ssh agent and leave key out`;
    return new LabError(`the key file of ${name} cannot be used: ${key ?? ""}`, { ...details, fix });
  }
  return new LabError(`${name} does not answer at ${address} port ${port}`, {
    ...details,
    fix: `start it and its ssh server, or correct hosts.${name}.address; by hand: ssh -p ${port} ${user}@${address}`,
  });
}
