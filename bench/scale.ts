/**
 * What a run of 20, 50 and 100 nodes costs per node, beside the script by hand, which builds and sends but neither captures nor
 * judges: processor time of everything, so that a busy machine does not count. Usage: npx tsx bench/scale.ts [nodes …].
 */
import { mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { RunRecord } from "../harness/run/record.ts";
import { folderBytes } from "./folder-bytes.ts";
import { processorTime } from "./processor-time.ts";
import { racksOf } from "./racks-of.ts";
import { printFigures, type Figures } from "./row.ts";

const here = dirname(fileURLToPath(import.meta.url));
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
    const { seconds, run, bytes } = await ours(nodes);
    const wall = run.durationMs / 1000;
    const verdicts = run.scenarios.flatMap(({ phases }) => phases).find(({ phase }) => phase === "verdicts")?.ms ?? NaN;
    const megabytes = bytes / 1e6;
    console.log(
      `  ${String(nodes).padStart(3)} nodes  ${(seconds / nodes).toFixed(2)} s per node, ${seconds.toFixed(0)} s in all; ` +
        `by the clock ${wall.toFixed(0)} s, verdicts ${(verdicts / 1000).toFixed(1)} s of it; ${megabytes.toFixed(1)} MB of results`,
    );
    const value = seconds / nodes / (byHand / nodesByHand);
    figures[`scale ${nodes}: processor time per node / script by hand`] = { value, better: "lower", noise: 0.3 };
    figures[`scale ${nodes}: megabytes of results`] = { value: megabytes, better: "lower", noise: 0.1 };
  }
  printFigures(figures);
} finally {
  await rm(folder, { recursive: true, force: true });
}

interface Ours {
  /** Of processor time. */
  readonly seconds: number;
  readonly run: RunRecord;
  /** Of everything in the results folder. */
  readonly bytes: number;
}

async function ours(nodes: number): Promise<Ours> {
  const topology = join(folder, `racks-${nodes}.yaml`);
  await writeFile(topology, racksOf(nodes));
  const bootstrap = join(here, "..", "scripts", "bootstrap.mjs");
  const options = ["--mode", "VXLANCrossSubnet", "--provider", "netns", "--no-throughput", "--quiet"];
  const argv = [process.execPath, bootstrap, "suite", ...options, "--topology", topology, "--out", folder];
  const seconds = await processorTime(argv, timeoutMs);
  if (seconds === undefined) throw new Error(`the run of ${nodes} nodes did not pass: ${argv.join(" ")}`);
  const results = await realpath(join(folder, "latest"));
  const run = JSON.parse(await readFile(join(results, "run.json"), "utf8")) as RunRecord;
  return { seconds, run, bytes: await folderBytes(results) };
}
