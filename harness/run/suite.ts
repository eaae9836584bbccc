import type { ModeId } from "../encap/mode.ts";
import { isSpecial, type Locality, type Path } from "../encap/path.ts";
import type { ProbeKind } from "../probe/probe.ts";
import type { Check } from "../verify/check.ts";
import { checkOf, checks, type CheckName } from "../verify/registry.ts";

/** A declared suite: which modes it is about, what it sends, and which questions it asks. */
export interface Suite {
  /** Folder and file below suites/, for example `encapsulation/vxlan-cross-subnet`. */
  readonly name: string;
  /** One sentence: what a pass tells the reader. */
  readonly proves: string;
  readonly modes: readonly ModeId[];
  /** Classes of paths without which the suite would prove nothing; a topology that lacks one is refused. */
  readonly mustInclude: readonly Locality[];
  readonly probes: readonly ProbeKind[];
  readonly checks: readonly Check[];
  /** Whether throughput is measured after the checks. */
  readonly measures?: readonly "throughput"[];
}

/** A suite as its file writes it: checks of the registry by name, and own ones that it brings along. */
export interface SuiteDeclaration extends Omit<Suite, "checks"> {
  readonly checks: readonly (CheckName | Check)[];
}

/** Declares a suite; one that asks nothing, or that brings a check under the name of another, is an error. */
export function defineSuite(suite: SuiteDeclaration): Suite {
  const empty = suite.modes.length === 0 || (suite.checks.length === 0 && (suite.measures ?? []).length === 0);
  if (empty) throw new Error(`suite ${suite.name} checks nothing: name at least one mode and one check`);
  return { ...suite, checks: suite.checks.map(checkOf) };
}

/** What all applicable suites together ask of one mode. */
export interface Questions {
  readonly suites: readonly string[];
  readonly probes: ReadonlySet<ProbeKind>;
  readonly checks: readonly Check[];
  readonly throughput: boolean;
}

/** Merges the suites that are about a mode. */
export function questionsFor(mode: ModeId, suites: readonly Suite[]): Questions {
  const about = suites.filter((suite) => suite.modes.includes(mode));
  return {
    suites: about.map((suite) => suite.name),
    probes: new Set(about.flatMap((suite) => suite.probes)),
    checks: inOrder(about.flatMap((suite) => suite.checks)),
    throughput: about.some((suite) => suite.measures?.includes("throughput") === true),
  };
}

/** Each once, causes before their consequences as in the registry, own ones last. */
function inOrder(asked: readonly Check[]): readonly Check[] {
  const known = checks.filter((check) => asked.some((one) => one === check));
  const own = asked.filter((check) => !known.some((one) => one === check));
  return [...known, ...new Set(own)];
}

/** One sentence for each class of paths that a suite promises for the mode and the paths lack. */
export function brokenPromises(mode: ModeId, suites: readonly Suite[], paths: readonly Path[]): readonly string[] {
  return promisedAndLacking(mode, suites, paths).map(
    ({ suite, locality }) => `suite ${suite} promises ${locality} paths, and there is none`,
  );
}

/** The classes of paths that suites promise for the mode and the paths lack. */
export function promisedAndLacking(
  mode: ModeId,
  suites: readonly Suite[],
  paths: readonly Path[],
): readonly { readonly suite: string; readonly locality: Locality }[] {
  // What goes to hosts is never encapsulated, wherever they are.
  const within = paths.filter(({ traffic }) => !isSpecial(traffic));
  const present = new Set(within.map((path) => path.locality));
  return suites
    .filter((suite) => suite.modes.includes(mode))
    .flatMap(({ name: suite, mustInclude }) =>
      mustInclude.filter((locality) => !present.has(locality)).map((locality) => ({ suite, locality })),
    );
}
