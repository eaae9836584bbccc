// Runs every benchmark, or those named by --only, one after the other: ratios measured side by side in this one run, compared
// with bench/baseline.json. --save makes what was measured the new baseline: on a machine that does nothing else, by
// `npm run bench -- --save` (with the options of kind-options.ts for the cluster's row); rows that were not run stay as they were.
import { spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { messageOf, UsageError } from "../harness/core/errors.ts";
import { kindWords } from "./kind-options.ts";
import { benchHelp, benchmarks, readBenchOrder, type Benchmark, type BenchOrder } from "./options.ts";
import { compareFigures, figuresIn, type Figures } from "./row.ts";

const here = dirname(fileURLToPath(import.meta.url));
const baseline = join(here, "baseline.json");

try {
  const order = readBenchOrder(process.argv.slice(2));
  if (order.help) console.log(benchHelp);
  else await runAll(order);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`encaplab: ${messageOf(error)}`);
  process.exitCode = 2;
}

async function runAll({ named, kind, save }: BenchOrder): Promise<void> {
  let figures: Figures = {};
  const canCluster = kind["node-image"] !== undefined && kind["calico-manifests"] !== undefined;
  const all = (Object.keys(benchmarks) as Benchmark[]).filter((name) => name !== "kind" || canCluster);
  if (named.length === 0 && !canCluster)
    console.log("no cluster without --node-image and --calico-manifests, as suite takes them");
  for (const name of named.length === 0 ? all : named) {
    console.log(`== ${name}`);
    const { code, output } = await run(name, name === "kind" ? kindWords(kind) : []);
    if (code !== 0) process.exitCode = 1;
    figures = { ...figures, ...figuresIn(output) };
  }
  await conclude(figures, save);
}

/** Runs a benchmark, shows what it says and keeps it. */
function run(name: Benchmark, more: readonly string[]): Promise<{ readonly code: number; readonly output: string }> {
  const child = spawn(process.execPath, ["--import", "tsx", join(here, `${name}.ts`), ...more], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    process.stdout.write(text);
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject).on("close", (code) => {
      resolve({ code: code ?? 1, output });
    });
  });
}

async function conclude(figures: Figures, save: boolean): Promise<void> {
  const before = JSON.parse(await readFile(baseline, "utf8").catch(() => "{}")) as Figures;
  const { lines, worse } = compareFigures(before, figures);
  console.log(["== compared with bench/baseline.json", ...lines].join("\n"));
  if (save) await writeFile(baseline, `${JSON.stringify({ ...before, ...figures }, null, 2)}\n`);
  else if (worse) process.exitCode = 1;
}
