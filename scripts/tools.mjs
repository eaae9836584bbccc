// Which system tools a command needs, which package brings each, and how to install it. No dependencies: this runs
// before `npm ci`.
import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline/promises";

const everywhere = (name) => ({ apt: name, dnf: name, apk: name, pacman: name });

/** Tool name to the package that brings it, per package manager. */
export const packages = {
  ip: { apt: "iproute2", dnf: "iproute", apk: "iproute2", pacman: "iproute2" },
  tcpdump: everywhere("tcpdump"),
  iperf3: everywhere("iperf3"),
  curl: everywhere("curl"),
  ping: { apt: "iputils-ping", dnf: "iputils", apk: "iputils", pacman: "iputils" },
  nft: everywhere("nftables"),
  busybox: { apt: "busybox", dnf: "busybox", apk: "busybox-extras", pacman: "busybox" },
  ethtool: everywhere("ethtool"),
  perl: { apt: "perl-base", dnf: "perl-interpreter", apk: "perl", pacman: "perl" },
  java: {
    apt: "default-jre-headless",
    dnf: "java-21-openjdk-headless",
    apk: "openjdk21-jre-headless",
    pacman: "jre-openjdk-headless",
  },
  docker: { apt: "docker.io", dnf: "moby-engine", apk: "docker", pacman: "docker" },
  dockerd: { apt: "docker.io", dnf: "moby-engine", apk: "docker", pacman: "docker" },
  depmod: everywhere("kmod"),
  sshd: { apt: "openssh-server", dnf: "openssh-server", apk: "openssh-server", pacman: "openssh" },
  etcd: { apt: "etcd-server", dnf: "etcd", apk: "etcd", pacman: "etcd" },
  bird: { apt: "bird2", dnf: "bird", apk: "bird", pacman: "bird" },
  iptables: everywhere("iptables"),
  ipset: everywhere("ipset"),
  skopeo: everywhere("skopeo"),
  conntrack: { apt: "conntrack", dnf: "conntrack-tools", apk: "conntrack-tools", pacman: "conntrack-tools" },
  "qemu-img": { apt: "qemu-utils", dnf: "qemu-img", apk: "qemu-img", pacman: "qemu-img" },
  "qemu-system-x86_64": {
    apt: "qemu-system-x86",
    dnf: "qemu-system-x86-core",
    apk: "qemu-system-x86_64",
    pacman: "qemu-system-x86",
  },
};

const lab = ["ip", "tcpdump", "iperf3", "curl", "ping", "nft", "busybox", "ethtool", "perl"];

/** Tools that each command cannot do without; the verbs of the command line know their own. */
const required = { test: lab, bench: lab };

/** Tools without which a command does less; Java makes the Allure page, and tests skip with the reason. */
export const optional = { test: ["java", "qemu-system-x86_64", "depmod"] };

/** Tools that this command cannot do without on this machine: none where only containers can be used, which have their own. */
export function requiredTools(command) {
  const onlyContainers = process.getuid?.() !== 0 && onPath("docker");
  return process.platform !== "linux" || onlyContainers ? [] : (required[command] ?? []);
}

/** The same in CI only: their packages bring services, which nobody wants started on a workstation for the sake of a test. */
export const optionalInCi = {
  test: ["etcd", "bird", "sshd", "iptables", "ipset", "conntrack", "skopeo", "docker", "dockerd"],
};

/** The tools that are not on PATH. */
export function missingTools(tools) {
  return tools.filter((tool) => !onPath(tool));
}

const managers = {
  apt: { program: "apt-get", refresh: ["update", "-qq"], install: ["install", "-y", "-qq", "--no-install-recommends"] },
  dnf: { program: "dnf", install: ["install", "-y", "-q"] },
  apk: { program: "apk", install: ["add", "-q"] },
  pacman: { program: "pacman", install: ["-Sy", "--noconfirm", "--needed"] },
};

/** The package manager of this machine: apt, dnf, apk, pacman, or undefined. */
export function packageManager() {
  return Object.keys(managers).find((name) => onPath(managers[name].program));
}

/** Package names for tools on this machine; a tool without a known package stands for itself. */
export function packagesFor(tools, manager = packageManager()) {
  return [...new Set(tools.map((tool) => packages[tool]?.[manager] ?? tool))];
}

/**
 * Installs what is missing, as root or through sudo after a question. Returns undefined when all is there afterwards,
 * otherwise why not, with the command that would do it.
 */
export async function installTools(tools, { allowed, say }) {
  const manager = packageManager();
  if (manager === undefined) return `missing ${tools.join(", ")}, and no apt, dnf, apk or pacman to install them with`;
  const names = packagesFor(tools, manager);
  const command = `${managers[manager].program} ${managers[manager].install[0]} ${names.join(" ")}`;
  const refusal = `missing ${tools.join(", ")}: install with  ${command}`;
  if (!allowed) return refusal;
  const prefix = await privilege(command);
  if (prefix === undefined) return refusal;
  say(`installing ${names.join(", ")} (${command})`);
  const { program, refresh, install } = managers[manager];
  if (refresh !== undefined) run([...prefix, program, ...refresh]);
  const status = run([...prefix, program, ...install, ...names]);
  const still = missingTools(tools);
  return still.length === 0 ? undefined : `${command} ended with ${status}; still missing: ${still.join(", ")}`;
}

async function privilege(command) {
  if (process.getuid?.() === 0) return [];
  if (!process.stdin.isTTY || !process.stderr.isTTY || !onPath("sudo")) return undefined;
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await prompt.question(`run "sudo ${command}"? [y/N] `);
  prompt.close();
  return /^y(es)?$/i.test(answer.trim()) ? ["sudo"] : undefined;
}

/** Package managers are talkative: what they say is shown only when they fail. A question for sudo's password gets through. */
function run([program, ...args]) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    stdio: ["inherit", "pipe", "pipe"],
    env,
    encoding: "utf8",
  });
  if (status !== 0)
    process.stderr.write(`${stdout ?? ""}${stderr ?? ""}${error === undefined ? "" : `${error.message}\n`}`);
  return status ?? "a signal";
}

function onPath(tool) {
  // Debian keeps ip, nft and tcpdump in sbin folders, which are not on every user's PATH.
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin", "/usr/local/sbin"];
  return folders.some((folder) => {
    try {
      accessSync(join(folder, tool), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
