import { groupBy } from "../core/group-by.ts";
import type { NetworkCase } from "../verify/check.ts";
import { judgeNodes } from "../verify/node-troubles.ts";
import type { PathCase, Verdict } from "../verify/verdict.ts";
import { explainsVerdict, shownLines, type Cause, type Found, type Incident } from "./cause.ts";
import { crossingsOf, isLossy, type Crossing } from "./crossings.ts";
import { endsOf } from "./ends.ts";
import { judgeBeyondNodes } from "./beyond-nodes.ts";
import { withBystanders } from "./bystanders.ts";
import { fallback, heardRules, rules } from "./registry.ts";
import { sourceCheck } from "./source-check.ts";

/** Sentences that a reader takes in; more would be symptoms again. */
const mostCauses = 3;

/** What explains the failed verdicts of a scenario: at most three causes, the most likely first; none where nothing failed. */
export function findCauses(
  network: NetworkCase,
  verdicts: readonly Verdict[],
  cases: readonly PathCase[],
): readonly Cause[] {
  const failed = verdicts.filter(({ status }) => status === "fail");
  if (failed.length === 0) return [];
  const ids = new Set(failed.map(({ id }) => id));
  const incident: Incident = {
    network,
    failed,
    cases: cases.filter(({ expectation }) => ids.has(expectation.path.id)),
    asked: cases,
    crossings: cases.flatMap(waysOf),
    nodes: judgeNodes(network),
    beyond: judgeBeyondNodes(network, cases),
  };
  const causes = causesOf(incident);
  return (causes.length > mostCauses ? mergedByKind(causes) : causes).slice(0, mostCauses).map(withoutChecks);
}

function withoutChecks({ name, sentence, fix, issues, evidence, explains }: Found): Cause {
  return { name, sentence, fix, issues, evidence, explains };
}

/** The same kind of thing on many nodes must not keep another kind from being told. */
function mergedByKind(causes: readonly Cause[]): readonly Cause[] {
  return [...groupBy(causes, ({ name }) => name).values()].flatMap((own): readonly Cause[] => {
    const [first, ...others] = own;
    if (first === undefined) return [];
    if (others.length === 0) return own;
    return [
      {
        ...first,
        sentence: `${first.sentence}; and ${others.length} more of the kind: ${shortened(others)}`,
        // Each of them with its first line, before any has its second.
        evidence: [
          ...own.flatMap(({ evidence }) => evidence.slice(0, 1)),
          ...own.flatMap(({ evidence }) => evidence.slice(1)),
        ].slice(0, shownLines),
        explains: [...new Set(own.flatMap(({ explains }) => explains))],
      },
    ];
  });
}

/** The next one in full, and how many stand behind it. */
function shortened([next, ...rest]: readonly Cause[]): string {
  return `${next?.sentence ?? ""}${rest.length === 0 ? "" : ` (${rest.length} further in the evidence)`}`;
}

/** Where packets were lost before, what did not come to its end says nothing more. */
function waysOf(pathCase: PathCase): readonly Crossing[] {
  const crossings = crossingsOf(pathCase);
  const ends = endsOf(pathCase);
  return [...crossings, ...(crossings.some(isLossy) ? ends.filter((end) => !isLossy(end)) : ends)];
}

/** Every cause of an incident, the most likely first. */
export function causesOf(incident: Incident): readonly Found[] {
  const chosen = chosenFrom(
    incident.failed,
    rules.flatMap((rule) => rule.find(incident)),
  );
  const told = [...chosen, ...sourceCheck.find(without(incident, chosen))];
  const found = withBystanders(incident, [...told, ...fallback.find(without(incident, told))]);
  const left = without(incident, found);
  return [...found, ...heardRules.flatMap((rule) => rule.find(left))];
}

/** The incident as if nothing had failed that these explain. */
function without(incident: Incident, causes: readonly Found[]): Incident {
  return {
    ...incident,
    failed: incident.failed.filter((verdict) => !causes.some((cause) => explainsVerdict(cause, verdict))),
  };
}

/** Rules stand in the order in which they tell most; one that explains nothing more than those before it is a consequence. */
function chosenFrom(failed: readonly Verdict[], found: readonly Found[]): readonly Found[] {
  const explained = new Set<Verdict>();
  const told = new Set<string>();
  return found.filter((cause) => {
    const own = failed.filter((verdict) => explainsVerdict(cause, verdict));
    const kind = `${cause.name} ${cause.sentence}`;
    if (own.every((verdict) => explained.has(verdict)) || told.has(kind)) return false;
    told.add(kind);
    for (const verdict of own) explained.add(verdict);
    return true;
  });
}
