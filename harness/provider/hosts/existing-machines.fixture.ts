import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newRunId } from "../../core/run-id.ts";
import type { Scope } from "../../core/scope.ts";
import { localExecutor } from "../../exec/local/local.ts";
import { findSshd } from "../../exec/ssh/find-sshd.fixture.ts";
import { makeKeyPair } from "../../exec/ssh/ssh-keys.ts";
import { tunnelThrough } from "../../exec/ssh/tunnel.ts";
import type { Plan } from "../../topology/plan.ts";
import { netnsProvider } from "../netns/index.ts";
import type { LabNode } from "../../lab/lab.ts";
import type { ConnectOptions } from "./connect-host.ts";
import { fingerprint } from "./host-key.ts";
import type { Inventory, InventoryHost } from "./inventory.ts";

/** Machines that exist: namespaces of a lab, each with an ssh server and with files and processes of its own. */
export interface ExistingMachines {
  readonly inventory: Inventory;
  readonly options: Pick<ConnectOptions, "connect" | "knownHosts">;
  /** What the names of the machines' namespaces begin with. */
  readonly prefix: string;
  /** Folder with the test's keys. */
  readonly folder: string;
  /** Whether sudo is there. */
  readonly hasSudo: boolean;
  /** Looks at a machine from outside, without ssh. */
  readonly inside: (name: string) => LabNode;
}

/** Users besides root on the machines: one who may use sudo without a password, where sudo can be had, and one who may not. */
export const users = { admin: "visitor", plain: "stranger" } as const;

const host = localExecutor();

/** The packages without which there are no machines here, or the machines, which end with the scope. */
export async function startMachines(plan: Plan, scope: Scope): Promise<ExistingMachines | string> {
  const folder = await mkdtemp(join(tmpdir(), "encaplab-hosts-test."));
  scope.defer(`remove ${folder}`, () => rm(folder, { recursive: true }));
  const sshd = await findSshd(folder);
  if (sshd === undefined) return "openssh-server";
  const keys = await makeKeys(folder);
  const hasSudo = await prepareSudo(folder);
  const provider = netnsProvider();
  const lab = await provider.provision(plan, newRunId(), scope);
  const members = [...lab.routers, ...lab.nodes];
  await Promise.all(members.map((member) => startServer(member, sshd, folder, scope)));
  const addressOf = new Map([
    ...plan.nodes.map(({ name, uplink }) => [name, addressIn(uplink)] as const),
    ...plan.routers.map(({ name, ports }) => [name, ports[0] === undefined ? "" : addressIn(ports[0])] as const),
  ]);
  const hosts = members.map(({ name, role }): InventoryHost => {
    const address = addressOf.get(name) ?? "";
    if (role === "external host") throw new RangeError(`${name} is no machine of a cluster`);
    return { name, role, address, port: 22, user: "root", key: join(folder, "user"), hostKey: keys.fingerprint };
  });
  const prefix = lab.nodes[0]?.namespacePrefix ?? "";
  const inside = (name: string): LabNode => {
    const member = members.find((each) => each.name === name);
    if (member === undefined) throw new Error(`no machine ${name}`);
    return member;
  };
  return {
    folder,
    hasSudo,
    inside,
    inventory: { source: "hosts.yaml", hosts },
    prefix,
    options: { connect: intoNamespaces(prefix), knownHosts: [join(folder, "known_hosts")] },
  };
}

/** The way to the machines' ssh servers: their addresses mean something only in the lab. */
export function intoNamespaces(prefix: string): NonNullable<ConnectOptions["connect"]> {
  return ({ name, address, port }) => {
    const argv = ["nsenter", `--net=/run/netns/${prefix}${name}`, "busybox", "nc", address, String(port)];
    return { sock: tunnelThrough(argv) };
  };
}

function addressIn({ addresses }: Plan["nodes"][number]["uplink"]): string {
  return addresses[4]?.split("/")[0] ?? "";
}

async function makeKeys(folder: string): Promise<{ readonly fingerprint: string }> {
  const [user, stranger, server] = [makeKeyPair(), makeKeyPair(), makeKeyPair()];
  const write = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text, { mode: 0o600 });
  await write("user", user.private);
  await write("stranger", stranger.private);
  await write("host_key", server.private);
  await write("host_key.pub", `${server.public}\n`);
  await write("known_hosts", "");
  await write("authorized_keys", `${user.public}\n`);
  const account = (name: string, id: number): string => `${name}:x:${id}:65534::/tmp:/bin/sh\n`;
  const daemon = "sshd:x:65000:65534::/run/sshd:/usr/sbin/nologin\n";
  const accounts = `${daemon}${account(users.admin, 65001)}${account(users.plain, 65002)}`;
  await write("passwd", `${await readFile("/etc/passwd", "utf8")}${accounts}`);
  await chmod(join(folder, "passwd"), 0o644);
  await chmod(join(folder, "authorized_keys"), 0o644);
  await chmod(folder, 0o755);
  return { fingerprint: fingerprint(Buffer.from(server.public.split(" ")[1] ?? "", "base64")) };
}

/** A machine has its own processes, /run and /tmp; what it shares with others are programs and kernel. */
const machineScript = `set -e
mount -t tmpfs none /run
mkdir -m 755 /run/sshd /run/test
mount --bind "$1" /run/test
for part in etc usr; do
  [ ! -d /run/test/sudo/$part ] || mount -t overlay -o lowerdir=/run/test/sudo/$part:/$part none /$part
done
mount --bind /run/test/passwd /etc/passwd
mount -t tmpfs none /tmp
mount -t proc proc /proc
cd /
shift
exec "$@"`;

async function startServer({ executor }: LabNode, sshd: string, folder: string, scope: Scope): Promise<void> {
  const options = [
    "HostKey=/run/test/host_key",
    "AuthorizedKeysFile=/run/test/authorized_keys",
    "StrictModes=no",
    "UsePAM=no",
    "PidFile=none",
    "MaxStartups=100",
  ];
  const server = [
    sshd.replace(folder, "/run/test"),
    "-D",
    "-e",
    "-f",
    "/dev/null",
    ...options.flatMap((o) => ["-o", o]),
  ];
  const apart = ["unshare", "-m", "-p", "-f", "--kill-child", "sh", "-c", machineScript, "sh", folder];
  const running = await executor.spawn([...apart, ...server], scope);
  // As the first process of its machine it hears no SIGINT.
  scope.defer(`stop the ssh server`, async () => {
    await running.stop("SIGTERM");
  });
  await running.waitForLine(/Server listening on 0\.0\.0\.0/, 10_000);
}

/** Lays out what a machine needs for sudo over its own files: the program where the system has none, rules, and accounts. */
async function prepareSudo(folder: string): Promise<boolean> {
  const script = `set -e
mkdir -p "$1/sudo/etc/sudoers.d"; cd "$1/sudo"
command -v sudo >/dev/null || { apt-get -qq -o APT::Sandbox::User=root download sudo && dpkg-deb -x *.deb . && rm -rf *.deb lib var; }
echo '${users.admin} ALL=(ALL) NOPASSWD: ALL' >etc/sudoers.d/test
chmod 440 etc/sudoers.d/test
{ cat /etc/shadow; for user in ${users.admin} ${users.plain}; do echo "$user:*:19000:0:99999:7:::"; done; } >etc/shadow
chmod 640 etc/shadow`;
  const prepared = await host.tryRun(["sh", "-c", script, "sh", folder], { timeoutMs: 60_000 });
  if (prepared.exitCode !== 0) await rm(join(folder, "sudo"), { recursive: true, force: true });
  return prepared.exitCode === 0;
}
