/**
 * What a run of 20, 50 and 100 nodes costs per node, beside the script by hand, which builds and sends but neither captures nor
 * judges: processor time of everything, so that a busy machine does not count. Usage: npx tsx bench/scale.ts [nodes …].
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { RunRecord } from "../harness/run/record.ts";
import { processorTime } from "./processor-time.ts";
import { printFigures, type Figures } from "./row.ts";

const here = dirname(fileURLToPath(import.meta.url));
const racks = 5;
/** Nodes that the script by hand has. */
const nodesByHand = 4;
const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [20, 50, 100];
/** A run of a hundred nodes takes a minute where others compute. */
const timeoutMs = 600_000;

const folder = await mkdtemp(join(tmpdir(), "encaplab-bench-"));
try {
  const byHand = await processorTime(["bash", join(here, "by-hand.sh")], timeoutMs);
  if (byHand === undefined)
    throw new Error("the script by hand failed: it needs root, iproute2, busybox, curl and iperf3");
  console.log(`  by hand    ${(byHand / nodesByHand).toFixed(2)} s of processor time per node`);
  const figures: Record<string, Figures[string]> = {};
  for (const nodes of sizes) {
    const { seconds, run } = await ours(nodes);
    const wall = run.durationMs / 1000;
    console.log(
      `  ${String(nodes).padStart(3)} nodes  ${(seconds / nodes).toFixed(2)} s per node, ${seconds.toFixed(0)} s in all, ${wall.toFixed(0)} s by the clock`,
    );
    const value = seconds / nodes / (byHand / nodesByHand);
    figures[`scale ${nodes}: processor time per node / script by hand`] = { value, better: "lower", noise: 0.3 };
  }
  printFigures(figures);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function ours(nodes: number): Promise<{ readonly seconds: number; readonly run: RunRecord }> {
  const topology = join(folder, `racks-${nodes}.yaml`);
  await writeFile(topology, racksOf(nodes));
  const bootstrap = join(here, "..", "scripts", "bootstrap.mjs");
  const options = ["--mode", "VXLANCrossSubnet", "--provider", "netns", "--no-throughput", "--quiet"];
  const argv = [process.execPath, bootstrap, "suite", ...options, "--topology", topology, "--out", folder];
  const seconds = await processorTime(argv, timeoutMs);
  if (seconds === undefined) throw new Error(`the run of ${nodes} nodes did not pass: ${argv.join(" ")}`);
  return { seconds, run: JSON.parse(await readFile(join(folder, "latest", "run.json"), "utf8")) as RunRecord };
}

/** Nodes in turn in five racks around one router. */
function racksOf(nodes: number): string {
  const names = Array.from({ length: racks }, (_, index) => `rack-${index + 1}`);
  return [
    `description: ${nodes} nodes in ${racks} racks`,
    "subnets:",
    ...names.map((name, index) => `  ${name}: { cidr: 198.18.${index + 1}.0/24 }`),
    "routers:",
    `  tor: { subnets: [${names.join(", ")}] }`,
    "nodes:",
    ...Array.from({ length: nodes }, (_, index) => `  n${index + 1}: { subnet: ${names[index % racks] ?? ""} }`),
    "",
  ].join("\n");
}
