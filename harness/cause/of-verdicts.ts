import type { CheckName } from "../verify/registry.ts";
import type { Verdict } from "../verify/verdict.ts";
import { withRewrites } from "./rewrites.ts";
import { sharedBy } from "./shared-by.ts";
import { type Cause, type Incident, type Rule, shownLines } from "./cause.ts";

interface VerdictRule {
  readonly name: string;
  readonly issues: readonly string[];
  readonly fix: string;
  readonly check: CheckName;
  /** Whether a failed verdict of that check is of this kind; missing = all are. */
  readonly chosen?: (verdict: Verdict, incident: Incident) => boolean;
  /** Words of foreign rules that do such a thing: where there is one on the way, the cause names it. */
  readonly rewrites?: RegExp;
  /** From the first finding of the first verdict: "forward at a1/eth0: outer DF set". */
  readonly sentence: (finding: string, verdict: Verdict, incident: Incident) => string;
}

/** A rule for what no kernel's state tells and the wire says plainly: one cause for all verdicts of a check. */
export function ofVerdicts({ name, issues, fix, check, chosen = () => true, rewrites, sentence }: VerdictRule): Rule {
  return {
    name,
    find: (incident) => {
      const own = incident.failed.filter((verdict) => verdict.check === check && chosen(verdict, incident));
      const [first] = own;
      if (first === undefined) return [];
      const ids = new Set(own.map(({ id }) => id));
      const paths = incident.asked.map(({ expectation }) => expectation.path);
      const scope = sharedBy(
        paths.filter(({ id }) => ids.has(id)),
        paths,
        incident.network.plan,
      );
      const told = sentence((first.reason ?? "").split("; ")[0] ?? "", first, incident);
      const cause: Cause = {
        name,
        sentence: `${told}${scope === "" ? "" : ` (paths that ${scope})`}`,
        fix,
        issues,
        evidence: own.flatMap(({ reason }) => reason ?? []).slice(0, shownLines),
        explains: [...ids],
      };
      return [rewrites === undefined ? cause : withRewrites(incident, cause, rewrites)];
    },
  };
}

/** "a1" of a finding "forward at a1/eth0: …", where it shows first. */
export function placeIn(finding: string): string {
  return /(?: at | between )([^/ ]+)\//.exec(finding)?.[1] ?? "a node";
}

/** Whether packets of a finding go to another address than they are for; what their source is does not matter then. */
export function isMisled(reason: string): boolean {
  return /^\w+ at \S+: destination /.test(reason);
}

/** Whether a finding shows first on the node that a path leads to: its sender has done nothing wrong. */
export function isAtTarget(id: string, reason: string): boolean {
  return placeIn(reason.split("; ")[0] ?? "") === /->([^/ ]+)/.exec(id)?.[1];
}
