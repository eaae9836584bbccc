/**
 * How long the main job takes, warm: `suite --mode VXLANCrossSubnet` on two racks, beside a plain shell script that builds
 * the same lab and sends the same kind of packets without capturing or judging them. Turns are taken; ratios count.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { localExecutor } from "../harness/exec/local/local.ts";
import type { RunRecord } from "../harness/run/record.ts";
import { summarize } from "../harness/stats/summarize.ts";

const here = dirname(fileURLToPath(import.meta.url));
const turns = 3;
/** Seconds to verdicts on four nodes in namespaces, warm, quick profile, and of these for the lab. */
const bars = { verdicts: 10, lab: 0.3 };

interface Sample {
  readonly verdicts: number;
  readonly lab: number;
  readonly byHand: number;
}

const out = await mkdtemp(join(tmpdir(), "encaplab-bench-"));
try {
  const samples: Sample[] = [];
  for (let turn = 0; turn < turns; turn++) samples.push({ ...(await ours()), byHand: await byHand() });
  print(samples);
} finally {
  await rm(out, { recursive: true });
}

async function ours(): Promise<Omit<Sample, "byHand">> {
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
  await localExecutor().run([process.execPath, bootstrap, "lab", ...argv], { timeoutMs: 120_000 });
  const whole = (performance.now() - start) / 1000;
  const run = JSON.parse(await readFile(join(out, "latest", "run.json"), "utf8")) as RunRecord;
  const phases = run.scenarios.flatMap((scenario) => scenario.phases);
  const ms = (names?: string): number =>
    phases.filter(({ phase }) => names === undefined || phase === names).reduce((sum, phase) => sum + phase.ms, 0);
  console.log(`  ours: verdicts after ${(ms() / 1000).toFixed(2)} s, whole command with reports ${whole.toFixed(2)} s`);
  return { verdicts: ms() / 1000, lab: ms("lab") / 1000 };
}

async function byHand(): Promise<number> {
  const { stdout } = await localExecutor().run(["bash", join(here, "by-hand.sh")], { timeoutMs: 120_000 });
  console.log(`  by hand: ${stdout.trim()}`);
  return Number(/total ([\d.]+)/.exec(stdout)?.[1]);
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
  console.log(
    JSON.stringify({ bench: "suite", turns, verdicts: verdicts.median, lab: lab.median, ratioToByHand: ratio.median }),
  );
  if (verdicts.median > bars.verdicts || lab.median > bars.lab) process.exitCode = 1;
}
