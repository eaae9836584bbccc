import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { shellQuote } from "../../exec/quote.ts";
import type { LabId } from "../../lab/lab-id.ts";
import type { LoginKeys } from "./guest-keys.ts";
import { sshTunnelArgv } from "./render-machines.ts";
import { machinesFolder } from "./vm-names.ts";

/** Writes what OpenSSH's own client needs to log in to a lab's machines: a configuration, the key, and the pinned host keys. */
export async function writeClient(id: LabId, { user, pins }: LoginKeys): Promise<void> {
  const folder = clientFolder(id);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const nodes = Object.entries(pins);
  const known = nodes.map(([node, pin]) => `${node} ssh-ed25519 ${pin}\n`).join("");
  const hosts = nodes.map(([node], index) => {
    const way = shellQuote(sshTunnelArgv(id, index)).replaceAll("%", "%%");
    return `Host ${node}\n  ProxyCommand ${way}\n`;
  });
  await Promise.all([
    writeFile(join(folder, "key"), user, { mode: 0o600 }),
    writeFile(join(folder, "known_hosts"), known),
    writeFile(join(folder, "config"), `${hosts.join("")}${forAll(folder)}`),
  ]);
}

/** The command with which a person logs in to a machine, or runs a program there on a terminal. */
export function enterMachine(id: LabId, node: string): (program?: readonly string[]) => readonly string[] {
  const login = ["sudo", "ssh", "-F", join(clientFolder(id), "config"), node];
  return (program) => (program === undefined ? login : [...login, "-t", shellQuote(program)]);
}

function clientFolder(id: LabId): string {
  return join(machinesFolder(id), "ssh");
}

function forAll(folder: string): string {
  return `Host *
  User root
  IdentityFile ${join(folder, "key")}
  IdentitiesOnly yes
  UserKnownHostsFile ${join(folder, "known_hosts")}
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking yes
`;
}
