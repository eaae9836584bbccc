import { groupBy } from "../core/group-by.ts";
import type { ModeId } from "../encap/mode.ts";
import type { RunRecord, ScenarioRecord } from "../run/record.ts";
import type { Status, Verdict } from "../verify/verdict.ts";
import { configurationOf, identityOf, titlesOf, type Conditions, type Configuration } from "./configuration.ts";

/** A verdict with the runs that gave it. */
export interface Judged {
  readonly verdict: Verdict;
  /** Runs that say so. */
  readonly runs: readonly string[];
  /** Runs that say something better of the same question: the worst counts, and the reader is told. */
  readonly contradictedBy: readonly string[];
}

/** A mode on a configuration, merged from all runs that have a share of it. */
export interface Cell {
  readonly mode: ModeId | typeof ownTests;
  readonly configuration: Configuration;
  readonly runs: readonly string[];
  readonly judged: readonly Judged[];
}

/** In place of a mode: tests of one's own, which choose their modes themselves. */
const ownTests = "tests";

/** Merges runs into cells: shards add up, and where two runs answer the same question the worse answer counts. Pure. */
export function mergeRuns(records: readonly RunRecord[]): readonly Cell[] {
  const shares = records.flatMap(sharesOf);
  const titles = titlesOf(shares.map(({ configuration }) => configuration));
  const cells = groupBy(shares, ({ mode, configuration }) => `${mode}\n${identityOf(configuration)}`);
  return [...cells.values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined) return [];
    const { mode, configuration } = first;
    const title = titles.get(identityOf(configuration)) ?? configuration.title;
    const runs = [...new Set(own.map(({ run }) => run))];
    return [{ mode, configuration: { ...configuration, title }, runs, judged: mergeVerdicts(own) }];
  });
}

interface Share {
  readonly run: string;
  readonly mode: Cell["mode"];
  readonly configuration: Configuration;
  readonly verdicts: readonly Verdict[];
}

function sharesOf(record: RunRecord): readonly Share[] {
  const shares = record.scenarios.map((scenario): Share => ({
    run: record.id,
    mode: scenario.mode,
    configuration: configurationOf(record, scenario),
    verdicts: record.verdicts.filter((verdict) => isOf(scenario, verdict)),
  }));
  const others = record.verdicts.filter((verdict) => !record.scenarios.some((scenario) => isOf(scenario, verdict)));
  if (others.length === 0) return shares;
  // Tests of one's own run on each of the releases or kernels that a run compares.
  const byVariant = groupBy(others, ({ variant = "" }) => variant);
  const own = [...byVariant].map(([variant, verdicts]): Share => {
    const configuration = configurationOf(record, ownConditions(record, variant));
    return { run: record.id, mode: ownTests, configuration, verdicts };
  });
  return [...shares, ...own];
}

/** What is known of the labs of a variant's tests: missing where the run compares nothing. */
function ownConditions({ tests = [], provider, dataplane }: RunRecord, variant: string): Conditions | undefined {
  if (variant === "") return undefined;
  const lab = tests.find((test) => test.variant === variant && test.lab !== undefined)?.lab;
  return { provider: lab?.provider ?? provider, dataplane: lab?.dataplane ?? dataplane, variant };
}

function isOf({ mode, variant }: ScenarioRecord, verdict: Verdict): boolean {
  return verdict.variant === variant && verdict.id.startsWith(`${mode}/`);
}

/** Worst first; a skip says nothing, so whatever was found elsewhere counts more. */
const severity: readonly Status[] = ["fail", "inconclusive", "pass", "skip"];

function mergeVerdicts(shares: readonly Share[]): readonly Judged[] {
  const answers = shares.flatMap(({ run, verdicts }) => verdicts.map((verdict) => ({ run, verdict })));
  const questions = groupBy(answers, ({ verdict: { id, check } }) => `${id}\n${check}`);
  return [...questions.values()].flatMap((own) => {
    const status = severity.find((one) => own.some(({ verdict }) => verdict.status === one));
    const agreeing = own.filter(({ verdict }) => verdict.status === status);
    const others = own.filter(({ verdict }) => verdict.status !== status && verdict.status !== "skip");
    const [first] = agreeing;
    if (first === undefined) return [];
    const runsOf = (list: readonly { readonly run: string }[]): readonly string[] => [
      ...new Set(list.map(({ run }) => run)),
    ];
    return [{ verdict: first.verdict, runs: runsOf(agreeing), contradictedBy: runsOf(others) }];
  });
}
