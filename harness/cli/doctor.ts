import type { Command } from "commander";
import { modes } from "../encap/mode.ts";
import { localExecutor } from "../exec/local/local.ts";
import type { Executor } from "../exec/executor.ts";
import type { Provider } from "../provider/provider.ts";
import { availableKernels } from "../rootfs/kernel.ts";
import { listStored } from "../core/stored.ts";
import { createProviders } from "../provider/registry.ts";
import { capabilitiesFor } from "../run/choose.ts";
import { readEnvironment } from "../run/environment.ts";
import { loadTopology } from "../topology/load.ts";
import { planTopology } from "../topology/make-plan.ts";
import type { Plan } from "../topology/plan.ts";
import { defaultCache, sizeOfAll, sizeText } from "./cache.ts";
import { addClusterOptions, meansCluster, type ClusterOptions } from "./cluster-options.ts";
import { doctorCluster } from "./doctor-cluster.ts";
import { harnessVersion } from "./version.ts";

interface Finding {
  readonly what: string;
  readonly state: "ready" | "missing";
  readonly detail: string;
  readonly fixes: readonly string[];
}

/** `doctor`: what this machine can run, with the fix for each thing missing. */
export function addDoctor(program: Command): void {
  const command = program
    .command("doctor")
    .description(
      "say what this machine can run, per provider, and how to get what is missing; changes nothing that stays, but a cached Docker image",
    )
    .option("--topology <file|name>", "the topology to ask for", "two-racks")
    .option(
      "--provider <name>",
      "cluster: look at the cluster of --kubeconfig, and print the role that runs on it need",
    )
    .option("--json", "print JSON instead of text");
  addClusterOptions(command).action(
    async (options: ClusterOptions & { topology: string; json?: boolean; provider?: string }) => {
      if (meansCluster(options)) {
        console.log(await doctorCluster(options));
        return;
      }
      const host = localExecutor();
      const plan = planTopology(await loadTopology(options.topology));
      const environment = await readEnvironment(harnessVersion, host);
      const providers = await Promise.all(createProviders().map((provider) => examineProvider(provider, plan)));
      const findings = [
        ...providers,
        clusterFinding,
        await kernelFinding(host),
        await cacheFinding(),
        dataplaneFinding,
        await reportFinding(host),
      ];
      if (options.json === true) {
        console.log(JSON.stringify({ schema: "encaplab/doctor/1", environment, findings }, undefined, 2));
        return;
      }
      const { version, os, kernel, cpus, memoryMiB, tools } = environment;
      console.log(
        `encaplab ${version} · ${os} · kernel ${kernel} · ${cpus} CPUs · ${Math.round(memoryMiB / 1024)} GiB`,
      );
      for (const finding of findings) console.log(render(finding));
      for (const [tool, line] of Object.entries(tools)) console.log(`${tool.padEnd(10)}${line}`);
    },
  );
}

async function examineProvider(provider: Provider, plan: Plan): Promise<Finding> {
  const problems = await provider.check(plan);
  if (problems.length > 0) {
    const detail = problems.map(({ what }) => what).join("; ");
    return { what: provider.name, state: "missing", detail, fixes: problems.map(({ fix }) => fix) };
  }
  const able = modes.filter((mode) => lacking(provider, mode).length === 0).map(({ id }) => id);
  const unable = modes.filter((mode) => lacking(provider, mode).length > 0);
  const reasons = unable.map((mode) => `${mode.id}: the kernel has no ${lacking(provider, mode).join(", ")}`);
  return {
    what: provider.name,
    state: "ready",
    detail: [`modes ${able.join(", ")}`, ...reasons].join("; "),
    fixes: [],
  };
}

function lacking(provider: Provider, mode: (typeof modes)[number]): readonly string[] {
  return capabilitiesFor(mode, [4]).filter((need) => !provider.capabilities.has(need));
}

async function kernelFinding(host: Executor): Promise<Finding> {
  const newest = new Map<string, string>();
  for (const { release } of await availableKernels(host)) {
    const series = /^\d+\.\d+/.exec(release)?.[0] ?? release;
    if (!newest.has(series)) newest.set(series, release);
  }
  const kernels = [...newest].map(([series, release]) => `${series} (${release})`);
  if (kernels.length > 0)
    return { what: "kernels", state: "ready", detail: `${kernels.join(", ")} (--kernel)`, fixes: [] };
  return {
    what: "kernels",
    state: "missing",
    detail: "the distribution's package lists name no kernel for virtual machines",
    fixes: ["apt-get update, or --kernel FILE with a linux-image-*.deb"],
  };
}

async function cacheFinding(): Promise<Finding> {
  const stored = await listStored(defaultCache);
  const size = `${sizeText(sizeOfAll(stored))} in ${defaultCache}`;
  const detail = stored.length === 0 ? "empty; the first machines fill it" : `${size} (npm run lab -- cache)`;
  return { what: "cache", state: "ready", detail, fixes: [] };
}

const clusterFinding: Finding = {
  what: "cluster",
  state: "missing",
  detail: "runs on a Kubernetes cluster that exists, and none is named",
  fixes: ["lab doctor --kubeconfig FILE: looks at it, and prints the rights that runs on it need"],
};

const dataplaneFinding: Finding = {
  what: "dataplane",
  state: "ready",
  detail: "reference: the kernel programmed as Calico documents it, labeled so; real Calico where one is given",
  fixes: ["real Calico: --calico-bin DIR, --calico-archive FILE or --calico-image REF"],
};

async function reportFinding(host: Executor): Promise<Finding> {
  const java = await host.tryRun(["sh", "-c", "java -version 2>&1"]);
  const line = java.stdout.split("\n")[0] ?? "";
  if (java.exitCode === 0) return { what: "report", state: "ready", detail: `Allure page with ${line}`, fixes: [] };
  return {
    what: "report",
    state: "missing",
    detail: "no Java, so no Allure page; JUnit, JSON and allure-results are written all the same",
    fixes: ["install a headless JRE, for example apt-get install default-jre-headless"],
  };
}

function render({ what, state, detail, fixes }: Finding): string {
  return [`${what.padEnd(10)}${state.padEnd(8)} ${detail}`, ...fixes.map((fix) => `${" ".repeat(19)}→ ${fix}`)].join(
    "\n",
  );
}
