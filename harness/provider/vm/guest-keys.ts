import { makeKeyPair } from "../../exec/ssh/ssh-keys.ts";
import type { Accelerator } from "./qemu-command.ts";

/** The ssh keys of one lab; they live in its folder and die with it. */
export interface LabKeys {
  /** OpenSSH private key with which the lab's owner logs in. */
  readonly user: string;
  /** The same, public, as a line of authorized_keys. */
  readonly authorized: string;
  readonly hosts: Readonly<Record<string, HostKey>>;
}

interface HostKey {
  /** OpenSSH private key; only the guest has it. */
  readonly secret: string;
  /** Public key as it comes over the wire, in base64. */
  readonly pin: string;
}

/** Makes the keys of a lab: one pair to log in with, and one pair of its own for each node. */
export function makeKeys(nodes: readonly string[]): LabKeys {
  const user = makeKeyPair();
  const hosts = nodes.map((node) => {
    const pair = makeKeyPair();
    return [node, { secret: pair.private, pin: pair.public.split(" ")[1] ?? "" }] as const;
  });
  return { user: user.private, authorized: user.public, hosts: Object.fromEntries(hosts) };
}

/** What another process needs to log in to a kept lab: no secret of the guests. */
export function loginKeys(keys: LabKeys): LoginKeys {
  const pins = Object.entries(keys.hosts).map(([node, { pin }]) => [node, pin] as const);
  return { user: keys.user, pins: Object.fromEntries(pins) };
}

export interface LoginKeys {
  readonly user: string;
  /** Public host key of each node, in base64. */
  readonly pins: Readonly<Record<string, string>>;
}

/** What another process needs to know of a kept lab. */
export interface LabLogin extends LoginKeys {
  readonly accelerator: Accelerator;
  /** Whether the nodes have a payload. */
  readonly payload: boolean;
}
