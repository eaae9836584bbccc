import type { Command } from "commander";
import { parseModes } from "../encap/mode-words.ts";
import { UsageError } from "../core/errors.ts";
import { searchedProviders, type SearchOptions } from "./chosen-providers.ts";
import { addClusterOptions, clusterPlan, isClusterSource } from "./cluster-options.ts";
import { addInventoryOptions } from "./inventory-options.ts";
import { isKubernetesLab } from "../kubernetes/kubernetes-lab.ts";
import { findKeptLab } from "../run/find-labs.ts";
import { loadTopology } from "../topology/load.ts";
import { planTopology } from "../topology/make-plan.ts";
import { addCalicoOptions, type DataplaneChoice } from "./chosen-dataplane.ts";
import { addRunOptions, type RunOptions } from "./run-options.ts";
import { runAndReport } from "./run-and-report.ts";
import { collect } from "./scenario-options.ts";

interface CheckOptions extends RunOptions, SearchOptions, Omit<DataplaneChoice, "dataplane" | "provider"> {
  readonly paths: string[];
}

/** `check`: probes, captures and judges a lab that is up, as it is now, against the mode it was put into. */
export function addCheck(program: Command): void {
  const command = program
    .command("check")
    .description("probe a lab that is up, as it is now, and say what broke")
    .argument("[lab]", "run id as `status` prints it; needed only when several labs are up")
    .option("--paths <pattern>", "only paths whose id matches (text or glob; ! negates; repeatable)", collect, []);
  addRunOptions(addClusterOptions(addInventoryOptions(addCalicoOptions(command)))).action(
    async (id: string | undefined, options: CheckOptions) => {
      const { provider, ref, label } = await findKeptLab(await searchedProviders(options), id);
      const plan = isClusterSource(label.topology)
        ? await clusterPlan(options, label.families)
        : planTopology(await loadTopology(label.topology), [...label.families]);
      if (plan.digest !== label.digest) {
        throw new UsageError(`${label.topology} has changed since lab ${ref.runId} was built from it`, {
          fix: `build it again: npm run lab -- down ${ref.runId}, then up`,
        });
      }
      const modes = parseModes([label.mode ?? ""], "all");
      const lab = await provider.attach(ref, plan);
      const madeBy = !isKubernetesLab(lab) ? "auto" : provider.name === "kind" ? "kind" : "cluster";
      await runAndReport({
        ...options,
        modes,
        plan,
        profile: "quick",
        provider: madeBy,
        dataplane: {
          ...options,
          provider: madeBy,
          dataplane: label.dataplane ?? "auto",
        },
        keep: false,
        standing: { lab, provider },
      });
    },
  );
}
