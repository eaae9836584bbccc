import type { Command } from "commander";
import { describeCluster } from "../bundle/described-cluster.ts";
import { judgeBundle } from "../bundle/judge-bundle.ts";
import type { Bundle } from "../bundle/bundle.ts";
import { readBundle } from "../bundle/read-bundle.ts";
import { readCluster } from "../bundle/read-cluster.ts";
import { writeTopology } from "../bundle/write-topology.ts";
import { writeFileAtomic } from "../core/atomic-file.ts";
import { UsageError } from "../core/errors.ts";
import { exists } from "../core/exists.ts";
import { clusterAccess } from "../kubernetes/access.ts";
import { oneMode } from "../suite/test-lab.ts";
import { loadTopology } from "../topology/load.ts";
import { planTopology } from "../topology/make-plan.ts";
import { newSuite } from "./new-suite.ts";

interface TopologyOptions {
  readonly from?: string;
  readonly fromCluster?: boolean;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly kubectl?: string;
  readonly anonymize?: boolean;
  readonly force?: boolean;
}

interface SuiteOptions {
  readonly topology: string;
  readonly mode: string;
  readonly force?: boolean;
}

const examples = `
Examples:
  npm run lab -- new topology --from calico-diagnostics.tar.gz     what a cluster's bundle tells, as a lab
  npm run lab -- new topology --from-cluster --kubeconfig FILE     the same of a living cluster
  npm run lab -- new suite incident --topology ./incident.yaml     a test of it
  npm run lab -- new topology --help                               options of one of them`;

/** `new`: files of one's own to begin with: a topology of a cluster's bundle, a suite. */
export function addNew(program: Command): void {
  const command = program
    .command("new")
    .description("write a topology made of a cluster's bundle, or a suite of your own")
    .helpCommand(false)
    .addHelpText("after", examples);
  command
    .command("topology")
    .description(
      "turn a cluster, or its bundle of `calicoctl cluster diags`, into a topology, with what is wrong in it",
    )
    .argument("[file]", "the file to write", "incident.yaml")
    .option("--from <bundle>", "the bundle: an archive, or a folder")
    .option("--from-cluster", "read it from a living cluster, by kubectl alone, which changes nothing there")
    .option("--kubeconfig <file>", "that cluster's")
    .option("--context <name>", "context of the kubeconfig (default: its current one)")
    .option("--kubectl <file>", "kubectl (default: the one on the PATH)")
    .option("--anonymize", "keep no name and no address of the cluster")
    .option("--force", "overwrite the file")
    .action(async (file: string, options: TopologyOptions) => {
      await mustBeFree(file, options.force);
      const judgment = judgeBundle(describeCluster(await readSource(options)));
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

/** The cluster or the bundle that is named; UsageError where it is none, or both: nobody's default cluster is read by accident. */
function readSource({ from, fromCluster = false, kubeconfig, context, kubectl }: TopologyOptions): Promise<Bundle> {
  const ofCluster = { "--kubeconfig": kubeconfig, "--context": context, "--kubectl": kubectl };
  if (fromCluster === (from !== undefined)) {
    const message = fromCluster
      ? "--from and --from-cluster name two sources"
      : "there is nothing to read the topology from";
    throw new UsageError(message, { fix: "give --from BUNDLE, or --from-cluster with --kubeconfig FILE" });
  }
  if (from !== undefined) {
    const [idle] = Object.entries(ofCluster).flatMap(([flag, value]) => (value === undefined ? [] : [flag]));
    if (idle === undefined) return readBundle(from);
    throw new UsageError(`${idle} has an effect only with --from-cluster`);
  }
  if (kubeconfig === undefined)
    throw new UsageError("--from-cluster needs a cluster", { fix: "give --kubeconfig FILE" });
  const chosen = { ...(context === undefined ? {} : { context }), ...(kubectl === undefined ? {} : { kubectl }) };
  return readCluster(clusterAccess({ kubeconfig, ...chosen }));
}

async function mustBeFree(file: string, force = false): Promise<void> {
  if (force || !(await exists(file))) return;
  throw new UsageError(`${file} exists already`, { fix: "give another name, or --force to overwrite it" });
}

/** A name without a slash would mean a topology that comes with encaplab. */
function asPath(file: string): string {
  return file.includes("/") ? file : `./${file}`;
}
