import { chooseLabs } from "../cli/lab-choice.ts";
import { orderFor } from "../cli/order.ts";
import { performRun } from "../cli/perform-run.ts";
import { resolveRun } from "../cli/resolve-run.ts";
import { defaultTopology, type ScenarioOptions } from "../cli/scenario-options.ts";
import { defaultCaptureBufferKiB } from "../cli/run-options.ts";
import { ownWord, suiteSet, type SuiteSet } from "../cli/suite-set.ts";
import type { Profile } from "../encap/enumerate.ts";
import type { Fault } from "../fault/fault.ts";
import { faultNamed } from "../fault/fault-named.ts";
import type { RunRecord } from "../run/record.ts";
import type { Suite } from "../run/suite.ts";

/** What `runSuites` runs, in the words of the command line; everything has the default that it has there. */
export interface RunSuitesOptions {
  /** Declared suites, and folders or files with suites in either form; default: those that come with encaplab. */
  readonly suites?: readonly (Suite | string)[];
  /** As `--mode` takes them: `VXLANCrossSubnet`, `CrossSubnet`, `all`. */
  readonly modes?: readonly string[];
  /** Name of a topology that comes with encaplab, or path of a file. */
  readonly topology?: string;
  /** Patterns as `--paths` takes them. */
  readonly paths?: readonly string[];
  readonly profile?: Profile;
  /** One share of the paths as `i/n`, for several machines; their runs together are one. */
  readonly shard?: string;
  readonly provider?: string;
  readonly dataplane?: string;
  /** Flags of providers and dataplanes by their long names in camel case: `{ calicoArchive: "node.tar" }`. */
  readonly flags?: Readonly<Record<string, unknown>>;
  /** A fault that comes with encaplab, by name, or your own. */
  readonly fault?: string | Fault;
  readonly throughput?: boolean;
  /** Folder of all results; default `results`. */
  readonly out?: string;
  /** Print as the command line does; default: nothing. */
  readonly console?: boolean;
  /** JUnit and Allure beside run.json; default: true. */
  readonly reports?: boolean;
  /** Install system packages that are missing, as the command line does; default: false, an error names them. */
  readonly install?: boolean;
  /** Ends the run early; what was built is removed. */
  readonly signal?: AbortSignal;
}

/**
 * Runs suites as `encaplab suite` does and returns the record. What the wire did is in its verdicts and exit code, and so is
 * a lab that broke; only wrong usage throws.
 */
export async function runSuites(options: RunSuitesOptions = {}): Promise<RunRecord> {
  if (options.install !== true) process.env.ENCAPLAB_NO_INSTALL = "1";
  const { flags = {}, provider = "auto", dataplane = "auto", signal = new AbortController().signal } = options;
  const suites = await suitesOf(options.suites ?? [ownWord]);
  const labs = chooseLabs({ ...flags, provider, dataplane });
  const scenario: ScenarioOptions = {
    mode: [...(options.modes ?? [])],
    encap: "all",
    topology: options.topology ?? defaultTopology,
    paths: [...(options.paths ?? [])],
    profile: options.profile ?? "quick",
    ...(options.shard === undefined ? {} : { shard: options.shard }),
  };
  const { modes, plan } = await resolveRun(scenario, labs);
  const { out = "results", throughput = true, fault } = options;
  const telling = { out, throughput, captureBuffer: defaultCaptureBufferKiB, color: false };
  const order = orderFor({ ...scenario, ...telling }, { modes, plan, keep: false, ...faultOf(fault) });
  const job = { order: { ...order, command: "runSuites" }, labs, suites, telling, signal };
  return performRun(job, { console: options.console ?? false, reports: options.reports ?? true });
}

async function suitesOf(given: readonly (Suite | string)[]): Promise<SuiteSet> {
  const places = given.filter((one) => typeof one === "string");
  const declared = given.filter((one) => typeof one !== "string");
  const found = places.length === 0 ? { declared: [], tests: [] } : await suiteSet(places);
  return { declared: [...found.declared, ...declared], tests: found.tests };
}

function faultOf(fault: string | Fault | undefined): { readonly fault?: Fault } {
  if (fault === undefined) return {};
  return { fault: typeof fault === "string" ? faultNamed(fault) : fault };
}
