/**
 * How long the main job takes, warm: `suite --mode VXLANCrossSubnet` on two racks, beside a plain shell script that builds
 * the same lab and sends the same kind of packets without capturing or judging them. Turns are taken; ratios count.
 */
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { cpus, loadavg, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { processorTime } from "./processor-time.ts";
import { printFigures, type Figure, type Figures } from "./row.ts";
import type { RunRecord } from "../harness/run/record.ts";
import { summarize } from "../harness/stats/summarize.ts";

const here = dirname(fileURLToPath(import.meta.url));
const turns = 3;
/** Seconds to verdicts on four nodes in namespaces, warm, quick profile, and of these for the lab. */
const bars = { verdicts: 3, lab: 0.3 };

interface Sample {
  /** Seconds by the clock of the whole command, with all reports. */
  readonly whole: number;
  /** Seconds of processor time of the whole command, and of the script. */
  readonly processor: number;
  readonly processorByHand: number;
  readonly verdicts: number;
  readonly lab: number;
  readonly byHand: number;
  /** Bytes of the Allure page. */
  readonly page: number;
}

/** Others compute already: the clock would tell of them and not of us. */
const busy = (loadavg()[0] ?? 0) > cpus().length;
const out = await mkdtemp(join(tmpdir(), "encaplab-bench-"));
try {
  const samples: Sample[] = [];
  for (let turn = 0; turn < turns; turn++) samples.push({ ...(await ours()), ...(await byHand()) });
  print(samples);
} finally {
  await rm(out, { recursive: true });
}

async function ours(): Promise<Omit<Sample, "byHand" | "processorByHand">> {
  const bootstrap = join(here, "..", "scripts", "bootstrap.mjs");
  const argv = [
    "suite",
    "--mode",
    "VXLANCrossSubnet",
    "--provider",
    "netns",
    "--no-throughput",
    "--quiet",
    "--out",
    out,
  ];
  const start = performance.now();
  const processor = await processorTime([process.execPath, bootstrap, "lab", ...argv]);
  if (processor === undefined) throw new Error(`the run did not pass: lab ${argv.join(" ")}`);
  const whole = (performance.now() - start) / 1000;
  const run = JSON.parse(await readFile(join(out, "latest", "run.json"), "utf8")) as RunRecord;
  const phases = run.scenarios.flatMap((scenario) => scenario.phases);
  const ms = (names?: string): number =>
    phases.filter(({ phase }) => names === undefined || phase === names).reduce((sum, phase) => sum + phase.ms, 0);
  const page = (await stat(join(out, "latest", "allure-report", "index.html")).catch(() => undefined))?.size ?? NaN;
  console.log(`  ours: verdicts after ${(ms() / 1000).toFixed(2)} s, whole command with reports ${whole.toFixed(2)} s`);
  return { whole, processor, verdicts: ms() / 1000, lab: ms("lab") / 1000, page };
}

async function byHand(): Promise<Pick<Sample, "byHand" | "processorByHand">> {
  const start = performance.now();
  const processorByHand = await processorTime(["bash", join(here, "by-hand.sh")]);
  if (processorByHand === undefined) throw new Error("the script by hand failed");
  const seconds = (performance.now() - start) / 1000;
  console.log(`  by hand: ${seconds.toFixed(2)} s, ${processorByHand.toFixed(2)} s of processor time`);
  return { byHand: seconds, processorByHand };
}

function print(samples: readonly Sample[]): void {
  const verdicts = summarize(samples.map((sample) => sample.verdicts));
  const lab = summarize(samples.map((sample) => sample.lab));
  const ratio = summarize(samples.map((sample) => sample.verdicts / sample.byHand));
  const held = (value: number, bar: number): string =>
    `${value.toFixed(2)} s (bar ${bar} s${value <= bar ? "" : ", NOT held"})`;
  console.log(`verdicts          ${held(verdicts.median, bars.verdicts)}`);
  console.log(`of which the lab  ${held(lab.median, bars.lab)}`);
  console.log(
    `verdicts / script by hand  ${ratio.median.toFixed(2)} [${ratio.min.toFixed(2)}-${ratio.max.toFixed(2)}], ${turns} turns`,
  );
  const ratioOf = (ours: (sample: Sample) => number, peer: (sample: Sample) => number): Figure => {
    const { median } = summarize(samples.map((sample) => ours(sample) / peer(sample)));
    return { value: median, better: "lower", noise: 0.3 };
  };
  const byTheClock = {
    "suite: seconds to verdicts / script by hand": ratioOf(
      (sample) => sample.verdicts,
      (sample) => sample.byHand,
    ),
    "suite: seconds of the whole command / script by hand": ratioOf(
      (sample) => sample.whole,
      (sample) => sample.byHand,
    ),
  };
  const processor = {
    "suite: processor time of the whole command / script by hand": ratioOf(
      (sample) => sample.processor,
      (sample) => sample.processorByHand,
    ),
  };
  const page = samples[0]?.page ?? NaN;
  console.log(`the Allure page of one mode  ${(page / 1e6).toFixed(1)} MB (bar 4)`);
  const pages: Figures = Number.isNaN(page)
    ? {}
    : { "suite: megabytes of the Allure page": { value: page / 1e6, better: "lower", noise: 0.05 } };
  printFigures({ ...(busy ? {} : byTheClock), ...processor, ...pages });
  if (busy) console.log("the machine is busy: only processor time is compared");
  if (!busy && (verdicts.median > bars.verdicts || lab.median > bars.lab)) process.exitCode = 1;
}
