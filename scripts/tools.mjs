// Which system tools a command needs, which package brings each, and how to install it. No dependencies: this runs
// before `npm ci`.
import { spawnSync } from "node:child_process";
import { accessSync, constants, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline/promises";

/** Which package brings a program, and how packages are installed, by family of distributions; the harness reads it too. */
const { tools: packages, managers } = JSON.parse(
  readFileSync(new URL("../harness/lab/packages.json", import.meta.url), "utf8"),
);

const lab = ["ip", "tcpdump", "iperf3", "curl", "ping", "nft", "busybox", "ethtool", "perl"];

/** Tools that each command cannot do without; the verbs of the command line know their own. */
const required = { test: lab, bench: lab };

/** Tools without which a command does less; Java makes the Allure page, Chromium looks at pages, and tests skip with the reason. */
export const optional = { test: ["java", "qemu-system-x86_64", "depmod", "chromium"] };

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

/** The family of distributions that this machine's package manager belongs to; undefined where none is known. */
function distributionFamily() {
  return Object.keys(managers).find((family) => onPath(managers[family].program));
}

/** Package names for tools on this machine; a tool without a known package stands for itself. */
function packagesFor(tools, family) {
  return [...new Set(tools.map((tool) => packages[tool]?.[family] ?? packages[tool]?.any ?? tool))];
}

/**
 * Installs what is missing, as root or through sudo after a question. Returns undefined when all is there afterwards,
 * otherwise why not, with the command that would do it.
 */
export async function installTools(tools, { allowed, say }) {
  const family = distributionFamily();
  if (family === undefined)
    return `missing ${tools.join(", ")}, and no package manager known here to install them with`;
  const { program, environment, refresh, install } = managers[family];
  const names = packagesFor(tools, family);
  const command = `${program} ${install[0]} ${names.join(" ")}`;
  const refusal = `missing ${tools.join(", ")}: install with  ${command}`;
  if (!allowed) return refusal;
  const prefix = await privilege(command);
  if (prefix === undefined) return refusal;
  say(`installing ${names.join(", ")} (${command})`);
  // sudo passes no variables on.
  const manager = [...prefix, ...(environment === undefined ? [] : ["env", ...environment]), program];
  if (refresh !== undefined) run([...manager, ...refresh]);
  const status = run([...manager, ...install, ...names]);
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
  const options = { stdio: ["inherit", "pipe", "pipe"], encoding: "utf8" };
  const { status, stdout, stderr, error } = spawnSync(program, args, options);
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
