import type { Command } from "commander";
import type { AllGiven } from "../core/flags.ts";
import { listStored } from "../core/stored.ts";
import { modes } from "../encap/mode.ts";
import type { Executor } from "../exec/executor.ts";
import { localExecutor } from "../exec/local/local.ts";
import type { Finding, ProviderOffer } from "../provider/offer.ts";
import { askedProviders, providerOffers } from "../provider/registry.ts";
import type { Provider } from "../provider/provider.ts";
import { capabilitiesFor } from "../run/choose.ts";
import { readEnvironment } from "../run/environment.ts";
import { loadTopology } from "../topology/load.ts";
import { planTopology } from "../topology/make-plan.ts";
import type { Plan } from "../topology/plan.ts";
import { defaultCache, sizeOfAll, sizeText } from "./cache.ts";
import { cacheOf, hostContext, refuseIdleFlags } from "./lab-choice.ts";
import { helpGroups } from "./help-groups.ts";
import { teach, type Example } from "./teach.ts";
import { addProviderOptions, type SearchOptions } from "./lab-options.ts";
import { harnessVersion } from "./version.ts";

interface DoctorOptions extends SearchOptions {
  readonly topology: string;
  readonly json?: boolean;
}

const usage = "npm run lab -- doctor [options]";

const examples: readonly Example[] = [
  ["npm run lab -- doctor", "every provider: what it can run here, and what it lacks"],
  ["npm run lab -- doctor --provider vm --image mine.qcow2", "one provider, with the options of a run"],
  ["npm run lab -- doctor --kubeconfig FILE", "a cluster: its racks, mode, and the permissions runs need"],
  ["npm run lab -- doctor --inventory FILE", "existing machines: what each lacks"],
];

/** `doctor`: what this machine can run, with the fix for each thing missing. */
export function addDoctor(program: Command): void {
  const command = program
    .command("doctor")
    .description(
      "say what this machine can run and how to get the rest; the only lasting change is a cached Docker image",
    )
    .optionsGroup(helpGroups.lab)
    .option("--topology <file|name>", "the topology to ask for", "two-racks")
    .optionsGroup(helpGroups.output)
    .option("--json", "print JSON instead of text");
  addProviderOptions(
    teach(command, usage, examples),
    "only this provider; cluster also prints the role that its runs need",
  ).action(async (options: DoctorOptions) => {
    const given = { ...options };
    const [asked, ...others] = askedProviders(options.provider, given);
    const alone = others.length === 0 ? asked : undefined;
    if (alone?.discovery !== undefined) {
      console.log(await alone.discovery.page(given));
      return;
    }
    const offers = alone === undefined ? providerOffers : [alone];
    refuseIdleFlags(given, offers);
    await examine(offers, given, options);
  });
}

async function examine(offers: readonly ProviderOffer[], given: AllGiven, options: DoctorOptions): Promise<void> {
  const host = localExecutor();
  const plan = planTopology(await loadTopology(options.topology));
  const environment = await readEnvironment(harnessVersion, host);
  const ofProviders = await Promise.all(offers.map((offer) => findingsOf(offer, given, plan, host)));
  const findings = [...ofProviders.flat(), await cacheFinding(), dataplaneFinding, await reportFinding(host)];
  if (options.json === true) {
    console.log(JSON.stringify({ schema: "encaplab/doctor/1", environment, findings }, undefined, 2));
    return;
  }
  const { version, os, kernel, cpus, memoryMiB, tools } = environment;
  console.log(`encaplab ${version} · ${os} · kernel ${kernel} · ${cpus} CPUs · ${Math.round(memoryMiB / 1024)} GiB`);
  for (const finding of findings) console.log(render(finding));
  for (const [tool, line] of Object.entries(tools)) console.log(`${tool.padEnd(10)}${line}`);
}

async function findingsOf(
  offer: ProviderOffer,
  given: AllGiven,
  plan: Plan,
  host: Executor,
): Promise<readonly Finding[]> {
  const { name, needs } = offer;
  if (needs !== undefined && given[needs.flag] === undefined) {
    return [{ what: name, state: "missing", detail: needs.detail, fixes: [needs.fix] }];
  }
  const provider = await offer.make(given, hostContext(cacheOf({})));
  return [await examineProvider(provider, plan), ...((await offer.findings?.(given, host)) ?? [])];
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
  return capabilitiesFor(new Set([mode.encapsulation]), [4]).filter((need) => !provider.capabilities.has(need));
}

async function cacheFinding(): Promise<Finding> {
  const stored = await listStored(defaultCache);
  const size = `${sizeText(sizeOfAll(stored))} in ${defaultCache}`;
  const detail = stored.length === 0 ? "empty; filled by the first virtual machines" : `${size} (npm run lab -- cache)`;
  return { what: "cache", state: "ready", detail, fixes: [] };
}

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
    detail: "no Java, so no Allure page; JUnit, JSON and allure-results are written anyway",
    fixes: ["install a headless JRE, for example apt-get install default-jre-headless"],
  };
}

function render({ what, state, detail, fixes }: Finding): string {
  return [`${what.padEnd(10)}${state.padEnd(8)} ${detail}`, ...fixes.map((fix) => `${" ".repeat(19)}→ ${fix}`)].join(
    "\n",
  );
}
