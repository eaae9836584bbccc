import { readFile } from "node:fs/promises";
import { cpus, release, totalmem } from "node:os";
import { runBatch } from "../exec/batch.ts";
import type { Executor } from "../exec/executor.ts";
import type { Environment } from "./record.ts";

const versionCommands: Readonly<Record<string, readonly string[]>> = {
  ip: ["ip", "-V"],
  tcpdump: ["tcpdump", "--version"],
  iperf3: ["iperf3", "--version"],
  curl: ["curl", "--version"],
  ping: ["ping", "-V"],
  nft: ["nft", "--version"],
};

/** What this machine is and which tools answer on it: stands in every report, because every figure depends on it. */
export async function readEnvironment(version: string, host: Executor): Promise<Environment> {
  const commands = Object.entries(versionCommands).map(([id, argv]) => ({ id, argv }));
  const answers = await runBatch(host, commands, { parallel: 4 });
  const tools: Record<string, string> = {};
  for (const [id, answer] of answers) {
    if (answer.exitCode === 0) tools[id] = (answer.stdout || answer.stderr).split("\n")[0]?.trim() ?? "";
  }
  return {
    version,
    kernel: release(),
    cpus: cpus().length,
    memoryMiB: Math.round(totalmem() / 2 ** 20),
    os: await operatingSystem(),
    node: process.versions.node,
    tools,
  };
}

async function operatingSystem(): Promise<string> {
  const text = await readFile("/etc/os-release", "utf8").catch(() => "");
  return /^PRETTY_NAME="?([^"\n]*)/m.exec(text)?.[1] ?? process.platform;
}
