import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ssh2 from "ssh2";
import { newRunId } from "../../core/run-id.ts";
import type { Scope } from "../../core/scope.ts";
import { localExecutor } from "../../exec/local.ts";
import { inNamespace } from "../../exec/namespace.ts";
import { tunnelThrough } from "../../exec/tunnel.ts";
import type { Plan } from "../../topology/plan.ts";
import { netnsProvider } from "../netns/index.ts";
import type { LabNode } from "../provider.ts";
import type { ConnectOptions } from "./connect-host.ts";
import { fingerprint } from "./host-key.ts";
import type { Inventory, InventoryHost } from "./inventory.ts";

/** Machines that exist: namespaces of a lab, each with an ssh server and with files and processes of its own. */
export interface ExistingMachines {
  readonly inventory: Inventory;
  readonly options: Pick<ConnectOptions, "connect" | "knownHosts">;
  /** Folder with the test's keys. */
  readonly folder: string;
  /** Looks at a machine from outside, without ssh. */
  readonly inside: (name: string) => LabNode;
}

/** User besides root on the machines, who may use sudo where that can be had. */
export const plainUser = "visitor";

const host = localExecutor();

/** The packages without which there are no machines here, or the machines, which end with the scope. */
export async function startMachines(plan: Plan, scope: Scope): Promise<ExistingMachines | string> {
  const folder = await mkdtemp(join(tmpdir(), "encaplab-hosts-test."));
  scope.defer(`remove ${folder}`, () => rm(folder, { recursive: true }));
  const sshd = await findSshd(folder);
  if (sshd === undefined) return "openssh-server";
  const keys = await makeKeys(folder);
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
    return { name, role, address, port: 22, user: "root", key: join(folder, "user"), hostKey: keys.fingerprint };
  });
  const connect: NonNullable<ConnectOptions["connect"]> = ({ name, address, port }) => {
    const namespace = `${lab.nodes[0]?.namespacePrefix ?? ""}${name}`;
    return {
      sock: tunnelThrough(["nsenter", `--net=/run/netns/${namespace}`, "busybox", "nc", address, String(port)]),
    };
  };
  const inside = (name: string): LabNode => {
    const member = members.find((each) => each.name === name);
    if (member === undefined) throw new Error(`no machine ${name}`);
    return member;
  };
  return {
    folder,
    inside,
    inventory: { source: "hosts.yaml", hosts },
    options: { connect, knownHosts: [join(folder, "known_hosts")] },
  };
}

function addressIn({ addresses }: Plan["nodes"][number]["uplink"]): string {
  return addresses[4]?.split("/")[0] ?? "";
}

async function makeKeys(folder: string): Promise<{ readonly fingerprint: string }> {
  const make = (): { readonly private: string; readonly public: string } => ssh2.utils.generateKeyPairSync("ed25519");
  const [user, stranger, server] = [make(), make(), make()];
  const write = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text, { mode: 0o600 });
  await write("user", user.private);
  await write("stranger", stranger.private);
  await write("host_key", server.private);
  await write("host_key.pub", `${server.public}\n`);
  await write("known_hosts", "");
  await write("authorized_keys", `${user.public}\n`);
  const users = `sshd:x:65000:65534::/run/sshd:/usr/sbin/nologin\n${plainUser}:x:65001:65534::/tmp:/bin/sh\n`;
  await write("passwd", `${await readFile("/etc/passwd", "utf8")}${users}`);
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

/** The system's sshd, or the distribution's package unpacked for this test only. */
async function findSshd(folder: string): Promise<string | undefined> {
  if ((await host.tryRun(["test", "-x", "/usr/sbin/sshd"])).exitCode === 0) return "/usr/sbin/sshd";
  const script = 'cd "$1" && apt-get -qq -o APT::Sandbox::User=root download openssh-server && dpkg-deb -x *.deb .';
  const unpacked = await host.tryRun(["sh", "-c", script, "sh", folder], { timeoutMs: 60_000 });
  return unpacked.exitCode === 0 ? join(folder, "usr/sbin/sshd") : undefined;
}

/** A namespace's executor by name, for tests that look at pods. */
export function insideNamespace(machine: LabNode, namespace: string): LabNode["executor"] {
  return inNamespace(machine.executor, namespace, `namespace ${namespace}`);
}
