/**
 * How long a lab takes to build and to remove, beside one hand-written `ip -batch` of the same lab and beside Mininet
 * (where installed). Prints a table and its figures. Times are noisy, so variants take turns and ratios count.
 * Usage: npx tsx bench/build.ts [namespaces …], default 7 41 101.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { median } from "simple-statistics";
import { printFigures, type Figure } from "./row.ts";
import { systemClock } from "../harness/core/clock.ts";
import { newRunId } from "../harness/core/run-id.ts";
import { Scope, withScope } from "../harness/core/scope.ts";
import type { Executor } from "../harness/exec/executor.ts";
import { localExecutor } from "../harness/exec/local/local.ts";
import { inNamespace } from "../harness/exec/namespace/namespace.ts";
import { netnsProvider } from "../harness/provider/netns/index.ts";
import { fabricNamespace } from "../harness/lab/lab-id.ts";
import { labIdOf } from "../harness/lab/owner.ts";
import { buildLab } from "../harness/underlay/build-lab.ts";
import { renderLab } from "../harness/underlay/render-lab.ts";
import { loadTopology } from "../harness/topology/load.ts";
import { planTopology } from "../harness/topology/make-plan.ts";
import type { Plan } from "../harness/topology/plan.ts";

interface Times {
  /** Milliseconds. */
  readonly build: number;
  readonly remove: number;
}

type Variant = (plan: Plan) => Promise<Times>;

const variants: Readonly<Record<string, Variant>> = {
  "encaplab, proven by ping": (plan) => timed((scope) => netnsProvider().provision(plan, newRunId(), scope)),
  "encaplab, not proven": (plan) => timed(async (scope) => buildLab(plan, await ownId(), host, scope, [])),
  "ip -batch by hand": handWritten,
  mininet,
};

/** The reference: what the ratios divide by. */
const reference = "ip -batch by hand";
/** Milliseconds between two labs; nothing tells when the kernel has done with the one before. */
const pauseMs = 500;
const host = localExecutor();
const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [7, 41, 101];

for (const size of sizes) await compare(size);

async function compare(namespaces: number): Promise<void> {
  const plan = await planOf(namespaces);
  // Multiples of the number of variants, so that each comes after each other one equally often.
  const rounds = namespaces > 50 ? 4 : 8;
  const names = (await hasMininet())
    ? Object.keys(variants)
    : Object.keys(variants).filter((name) => name !== "mininet");
  const samples = new Map<string, Times[]>(names.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of [...names.slice(round % names.length), ...names.slice(0, round % names.length)]) {
      // The kernel takes removed namespaces apart in the background, under the lock that building needs.
      await systemClock.sleep(pauseMs);
      const times = await variants[name]?.(plan);
      // The first round warms caches and counts for nobody.
      if (round > 0 && times !== undefined) samples.get(name)?.push(times);
    }
  }
  report(namespaces, rounds, samples);
}

function report(namespaces: number, rounds: number, samples: ReadonlyMap<string, readonly Times[]>): void {
  const of = (name: string, part: keyof Times): number => median((samples.get(name) ?? []).map((times) => times[part]));
  console.log(`\n${namespaces} namespaces, median of ${rounds}`.padEnd(42), "build ms  ratio   remove ms  ratio");
  for (const name of samples.keys()) {
    const cells = (["build", "remove"] as const).map((part) => {
      const ratio = of(name, part) / of(reference, part);
      return `${of(name, part).toFixed(0).padStart(9)} ${ratio.toFixed(2).padStart(6)}`;
    });
    console.log(`  ${name.padEnd(39)}`, cells.join("   "));
  }
  const figures = [...samples.keys()].flatMap((name): [string, Figure][] =>
    name.startsWith("encaplab")
      ? (["build", "remove"] as const).map((part) => [
          `${part} ${namespaces} namespaces: ${name} / ${reference}`,
          { value: of(name, part) / of(reference, part), better: "lower", noise: 0.35 },
        ])
      : [],
  );
  printFigures(Object.fromEntries(figures));
}

/** One router, two racks, and nodes for the rest; the fabric is a namespace too. */
async function planOf(namespaces: number): Promise<Plan> {
  const topology = await loadTopology("two-racks");
  const [like] = topology.nodes;
  if (like === undefined) throw new Error("two-racks has no nodes");
  const nodes = Array.from({ length: namespaces - 2 }, (_, index) => {
    const addresses = { 4: `198.18.${1 + (index % 2)}.${11 + Math.floor(index / 2)}/24` };
    const subnet = topology.subnets[index % 2]?.name ?? "";
    return { ...like, name: `n${index + 1}`, subnet, addresses, registered: addresses };
  });
  return planTopology({ ...topology, nodes });
}

async function timed(build: (scope: Scope) => Promise<unknown>): Promise<Times> {
  const start = performance.now();
  let built = start;
  await withScope(async (scope) => {
    await build(scope);
    built = performance.now();
  });
  return { build: built - start, remove: performance.now() - built };
}

async function ownId() {
  const id = await labIdOf(newRunId(), process.pid);
  if (id === undefined) throw new Error("this process does not exist");
  return id;
}

/**
 * The same lab as a careful person would write it down: one batch file that makes the namespaces and has each of them run
 * its own script, which is the very script of ours, so that both leave the same kernel behind.
 */
async function handWritten(plan: Plan): Promise<Times> {
  const id = await ownId();
  const lab = renderLab(plan, id);
  const folder = await mkdtemp(join(tmpdir(), `encaplab-${id.runId}.${process.pid}.`));
  const all = [{ namespace: fabricNamespace(id), script: lab.fabric }, ...lab.members];
  for (const { namespace, script } of all) await writeFile(join(folder, namespace), script);
  await writeFile(
    join(folder, "build"),
    lab.namespaces + all.map(({ namespace }) => `netns exec ${namespace} sh ${folder}/${namespace}\n`).join(""),
  );
  await writeFile(join(folder, "remove"), all.map(({ namespace }) => `netns del ${namespace}\n`).join(""));
  const batch = async (file: string): Promise<number> => {
    const start = performance.now();
    await host.run(["ip", "-batch", join(folder, file)]);
    return performance.now() - start;
  };
  try {
    return { build: await batch("build"), remove: await batch("remove") };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function hasMininet(): Promise<boolean> {
  return (await host.tryRun(["/usr/bin/python3", "-c", "import mininet"])).exitCode === 0;
}

/** Mininet keeps its bridges in the namespace it runs in: one of our own, so that it meets nobody else's devices. */
async function mininet(plan: Plan): Promise<Times> {
  const id = await ownId();
  const namespace = fabricNamespace(id);
  const racks = plan.segments.map(({ name }) => ({
    gateway: plan.routers.flatMap(({ ports }) => ports).find((port) => port.segment === name)?.addresses[4],
    nodes: plan.nodes
      .filter(({ uplink }) => uplink.segment === name)
      .map((node) => ({ name: node.name, address: node.uplink.addresses[4] })),
  }));
  const script = join(dirname(fileURLToPath(import.meta.url)), "mininet-lab.py");
  return withScope(async (scope) => {
    scope.defer(`remove ${namespace}`, () =>
      netnsProvider().destroy({ runId: id.runId, provider: "netns", parts: [], state: "stale" }),
    );
    await host.run(["ip", "netns", "add", namespace]);
    const inside: Executor = inNamespace(host, namespace, "mininet's namespace");
    const { stdout } = await inside.run(["/usr/bin/python3", script], {
      input: JSON.stringify(racks),
      timeoutMs: 120_000,
    });
    return JSON.parse(stdout) as Times;
  });
}
