import type { DataplaneFacts } from "../dataplane/dataplane.ts";
import type { BgpDesign } from "../encap/bgp.ts";
import type { Identities } from "../encap/identity.ts";
import type { Mode } from "../encap/mode.ts";
import type { UnansweredAsk } from "../observe/arp-ledger.ts";
import type { TapReport } from "../sentinel/tap-report.ts";
import type { Plan } from "../topology/plan.ts";
import type { PathCase, Verdict } from "./verdict.ts";

/** Which suites ask a check: those of the encapsulation on the wire, or those of packet sizes. */
export type Part = "encapsulation" | "mtu";

interface Question<Name extends string> {
  /** Kebab case, equal to its file's name; stands in every verdict. */
  readonly name: Name;
  /** One sentence: what a pass proves. */
  readonly proves: string;
  /** Missing in checks that only the suite asks which brought them along. */
  readonly part?: Part;
}

/** A question put to each path; undefined where it does not apply to the path. Pure. */
export interface PathCheck<Name extends string = string> extends Question<Name> {
  readonly of: "path";
  judge(pathCase: PathCase): Verdict | undefined;
}

/** Everything that checks of the network as a whole may look at. */
export interface NetworkCase {
  readonly plan: Plan;
  readonly mode: Mode;
  readonly identities: Identities;
  readonly bgp?: BgpDesign;
  readonly facts: DataplaneFacts;
  /** The same before the probes; missing where nobody looked. */
  readonly before?: DataplaneFacts;
  /** Who asked by ARP while probes ran, and was not answered; missing where nobody listened. */
  readonly unanswered?: readonly UnansweredAsk[];
  /** What the taps between nodes saw over the whole run; missing where nobody listened. */
  readonly heard?: readonly TapReport[];
}

/** A question put to the network as a whole: a verdict for each node or router that it concerns. Pure. */
export interface NetworkCheck<Name extends string = string> extends Question<Name> {
  readonly of: "network";
  judge(networkCase: NetworkCase): readonly Verdict[];
}

/** One question put to expectation and observation; each has a file of its own. */
export type Check<Name extends string = string> = PathCheck<Name> | NetworkCheck<Name>;

/** Declares a check; one that cannot be told from others, or that says nothing of what it proves, is an error. */
export function defineCheck<const Name extends string>(check: PathCheck<Name>): PathCheck<Name>;
export function defineCheck<const Name extends string>(check: NetworkCheck<Name>): NetworkCheck<Name>;
export function defineCheck(check: Check): Check {
  if (!kebabCase.test(check.name)) throw new Error(`check "${check.name}": a name is lower case words with hyphens`);
  if (check.proves.trim() === "") throw new Error(`check ${check.name} does not say what a pass proves`);
  return check;
}

const kebabCase = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
