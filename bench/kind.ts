/**
 * How long the main job takes on a kind cluster, beside a bare script that makes the same cluster, racks and Calico and asks once across
 * the racks. Both wait for the same programs most of the time, so it is the clock that counts. Usage, with the options of `suite`:
 * npx tsx bench/kind.ts --node-image IMAGE --calico-manifests DIR [--image-archive FILE] [--kind FILE] [--kubectl FILE].
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { messageOf, UsageError } from "../harness/core/errors.ts";
import { localExecutor } from "../harness/exec/local/local.ts";
import { kindOptions, kindWords } from "./kind-options.ts";
import { printFigures } from "./row.ts";

const here = dirname(fileURLToPath(import.meta.url));
/** Each side takes one and a half to five minutes. */
const timeoutMs = 1_200_000;
/** What proving the mode may add to a bare script's time. */
const bar = 1.2;
const { values } = parseArgs({ options: kindOptions });
const { "node-image": image, "calico-manifests": manifests } = values;
if (image === undefined || manifests === undefined)
  throw new UsageError("no cluster without --node-image and --calico-manifests");
const programs = { KIND: values.kind, KUBECTL: values.kubectl, IMAGE_ARCHIVE: values["image-archive"] };
const out = await mkdtemp(join(tmpdir(), "encaplab-bench-"));
try {
  const byHand = await seconds("by hand", ["bash", join(here, "kind-by-hand.sh")], {
    NODE_IMAGE: image,
    ROUTER_IMAGE: image,
    MANIFEST: join(manifests, "calico-vxlan.yaml"),
    ...Object.fromEntries(Object.entries(programs).filter(([, value]) => value !== undefined)),
  });
  const ours = await seconds("ours", suite());
  const value = ours / byHand;
  console.log(`  ours / by hand  ${value.toFixed(2)} (bar ${bar}${value <= bar ? "" : ", NOT held"})`);
  if (value > bar) process.exitCode = 1;
  printFigures({ "kind: seconds of the whole command / bare script": { value, better: "lower", noise: 0.3 } });
} catch (error) {
  console.error(`  ${messageOf(error)}`);
  process.exitCode = 1;
} finally {
  await rm(out, { recursive: true, force: true });
}

function suite(): readonly string[] {
  const bootstrap = join(here, "..", "scripts", "bootstrap.mjs");
  const asked = ["--mode", "VXLANCrossSubnet", "--provider", "kind", "--no-throughput", "--quiet", "--out", out];
  return [process.execPath, bootstrap, "suite", ...asked, ...kindWords(values)];
}

async function seconds(what: string, argv: readonly string[], env: Record<string, string> = {}): Promise<number> {
  const start = performance.now();
  const { exitCode, stdout, stderr } = await localExecutor({ env }).tryRun(argv, { timeoutMs });
  if (exitCode !== 0) throw new Error(`${what} ended with ${exitCode}\n${`${stdout}\n${stderr}`.trim().slice(-2_000)}`);
  const taken = (performance.now() - start) / 1000;
  console.log(`  ${what.padEnd(8)} ${taken.toFixed(0)} s`);
  return taken;
}
