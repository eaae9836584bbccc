// Runs every benchmark, or those named by --only, one after the other: ratios measured side by side in this one run, compared
// with bench/baseline.json. --save makes what was measured the new baseline: on a machine that does nothing else, by
// `npm run bench -- --save` (with the options of kind-options.ts for the cluster's row); rows that were not run stay as they were.
import { spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { kindOptions, kindWords } from "./kind-options.ts";
import { compareFigures, figuresIn, type Figures } from "./row.ts";

const here = dirname(fileURLToPath(import.meta.url));
const baseline = join(here, "baseline.json");
const known = ["start-up", "suite", "build", "decode", "scale", "kind"];
const options = {
  ...kindOptions,
  only: { type: "string", multiple: true },
  save: { type: "boolean", default: false },
} as const;
const { values, positionals } = parseArgs({ options, allowPositionals: true });
const named = [...(values.only ?? []), ...positionals];
const unknown = named.filter((name) => !known.includes(name));

if (unknown.length > 0) {
  console.error(`unknown benchmark ${unknown.join(", ")}; known: ${known.join(", ")}`);
  process.exitCode = 2;
} else {
  let figures: Figures = {};
  const canCluster = values["node-image"] !== undefined && values["calico-manifests"] !== undefined;
  const all = known.filter((name) => name !== "kind" || canCluster);
  if (named.length === 0 && !canCluster)
    console.log("no cluster without --node-image and --calico-manifests, as suite takes them");
  for (const name of named.length === 0 ? all : named) {
    console.log(`== ${name}`);
    const { code, output } = await run(name);
    if (code !== 0) process.exitCode = 1;
    figures = { ...figures, ...figuresIn(output) };
  }
  await conclude(figures);
}

/** Runs a benchmark, shows what it says and keeps it. */
function run(name: string): Promise<{ readonly code: number; readonly output: string }> {
  const more = name === "kind" ? kindWords(values) : [];
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

async function conclude(figures: Figures): Promise<void> {
  const before = JSON.parse(await readFile(baseline, "utf8").catch(() => "{}")) as Figures;
  const { lines, worse } = compareFigures(before, figures);
  console.log(["== compared with bench/baseline.json", ...lines].join("\n"));
  if (values.save) await writeFile(baseline, `${JSON.stringify({ ...before, ...figures }, null, 2)}\n`);
  else if (worse) process.exitCode = 1;
}
