import type { Command } from "commander";
import { describeCluster } from "../bundle/described-cluster.ts";
import { judgeBundle } from "../bundle/judge-bundle.ts";
import { readBundle } from "../bundle/read-bundle.ts";
import { writeTopology } from "../bundle/write-topology.ts";
import { writeFileAtomic } from "../core/atomic-file.ts";
import { UsageError } from "../core/errors.ts";
import { exists } from "../core/exists.ts";
import { oneMode } from "../suite/test-lab.ts";
import { loadTopology } from "../topology/load.ts";
import { planTopology } from "../topology/make-plan.ts";
import { newSuite } from "./new-suite.ts";

interface TopologyOptions {
  readonly from: string;
  readonly anonymize?: boolean;
  readonly force?: boolean;
}

interface SuiteOptions {
  readonly topology: string;
  readonly mode: string;
  readonly force?: boolean;
}

/** `new`: files of one's own to begin with: a topology of a cluster's bundle, a suite. */
export function addNew(program: Command): void {
  const command = program
    .command("new")
    .description("write a topology made of a cluster's bundle, or a suite of your own");
  command
    .command("topology")
    .description("turn a bundle of `calicoctl cluster diags` into a topology, with what is wrong in it")
    .argument("[file]", "the file to write", "incident.yaml")
    .requiredOption("--from <bundle>", "the bundle: an archive, or a folder")
    .option("--anonymize", "keep no name and no address of the cluster")
    .option("--force", "overwrite the file")
    .action(async (file: string, options: TopologyOptions) => {
      await mustBeFree(file, options.force);
      const judgment = judgeBundle(describeCluster(await readBundle(options.from)));
      const { text, mode, incident } = writeTopology(judgment, options.anonymize ?? false);
      await writeFileAtomic(file, text);
      const wrong = incident.routes.length;
      console.log(
        [
          `${file}: ${judgment.plan.nodes.length} nodes, ${wrong} wrong route${wrong === 1 ? "" : "s"}; lines with "guess" want a look`,
          `see it on the wire   npm run suite -- --topology ${asPath(file)} --mode ${mode}`,
          `make it a test       npm run lab -- new suite ${file.replace(/\.ya?ml$/, "")} --topology ${asPath(file)} --mode ${mode}`,
        ].join("\n"),
      );
    });
  command
    .command("suite")
    .description("write a Mocha suite that proves a topology in a mode")
    .argument("<name>", "its name, and its file's: NAME.suite.ts")
    .option("--topology <file|name>", "a topology file, or the name of one in topologies/", "two-racks")
    .option("--mode <word>", "the mode that its lab is in", "VXLANCrossSubnet")
    .option("--force", "overwrite the file")
    .action(async (name: string, options: SuiteOptions) => {
      const file = `${name}.suite.ts`;
      await mustBeFree(file, options.force);
      const plan = planTopology(await loadTopology(options.topology));
      await writeFileAtomic(file, newSuite(file, plan, oneMode(options.mode), options.topology));
      console.log([`${file}: written`, `run it   npm run suite -- --suites ${asPath(file)}`].join("\n"));
    });
}

async function mustBeFree(file: string, force = false): Promise<void> {
  if (force || !(await exists(file))) return;
  throw new UsageError(`${file} exists already`, { fix: "give another name, or --force to overwrite it" });
}

/** A name without a slash would mean a topology that comes with encaplab. */
function asPath(file: string): string {
  return file.includes("/") ? file : `./${file}`;
}
