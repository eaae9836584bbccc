/**
 * How long `suite --mode CrossSubnet` takes, warm: IPIP in machines and VXLAN in namespaces, as one command that overlaps them, beside the
 * same two modes as two commands. Both emulate the same machines, so the clock counts. The first command warms guests' images.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { localExecutor } from "../harness/exec/local/local.ts";
import { printFigures } from "./row.ts";

const bootstrap = join(dirname(fileURLToPath(import.meta.url)), "..", "scripts", "bootstrap.mjs");
/** Guests that were never built take minutes. */
const timeoutMs = 900_000;
const out = await mkdtemp(join(tmpdir(), "encaplab-bench-"));
try {
  await seconds("--mode IPIPCrossSubnet", "--provider", "vm");
  const apart =
    (await seconds("--mode IPIPCrossSubnet", "--provider", "vm")) +
    (await seconds("--mode VXLANCrossSubnet", "--provider", "netns"));
  const together = await seconds("--mode CrossSubnet");
  const value = together / apart;
  console.log(`  CrossSubnet ${together.toFixed(0)} s, its modes as two commands ${apart.toFixed(0)} s`);
  printFigures({ "machines: seconds of CrossSubnet / its modes apart": { value, better: "lower", noise: 0.2 } });
} finally {
  await rm(out, { recursive: true, force: true });
}

async function seconds(mode: string, ...more: readonly string[]): Promise<number> {
  const argv = [process.execPath, bootstrap, "suite", ...mode.split(" "), ...more, "--quiet", "--out", out];
  const start = performance.now();
  const { exitCode, stdout, stderr } = await localExecutor().tryRun(argv, { timeoutMs });
  if (exitCode !== 0) throw new Error(`suite ${mode} ended with ${exitCode}\n${`${stdout}\n${stderr}`.slice(-2_000)}`);
  const taken = (performance.now() - start) / 1000;
  console.log(`  suite ${mode} ${taken.toFixed(1)} s`);
  return taken;
}
