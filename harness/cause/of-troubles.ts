import { groupBy } from "../core/group-by.ts";
import { listOf } from "../verify/words.ts";
import type { NodeJudgment } from "../verify/node-troubles.ts";
import type { Trouble } from "../verify/trouble.ts";
import { failuresOf, type Found, type Incident, type Rule, shownLines } from "./cause.ts";

interface TroubleRule {
  readonly name: string;
  readonly issues: readonly string[];
  readonly fix: string;
  /** The troubles of a node that are of this kind. */
  readonly chosen: (trouble: Trouble, node: NodeJudgment) => boolean;
  /** "peers": troubles about single peers explain failures between those two alone; "both nodes": all of both. */
  readonly concerns?: "peers" | "both nodes";
  /** The only checks that such troubles can fail; missing, or undefined = all. */
  readonly checks?: (troubles: readonly Trouble[], incident: Incident) => Found["checks"];
  readonly sentence: (node: string, troubles: readonly Trouble[], judgment: NodeJudgment) => string;
}

/** A rule that finds its cause in what is wrong with nodes' kernels: one cause for all nodes that have the same. */
export function ofTroubles(rule: TroubleRule): Rule {
  return {
    name: rule.name,
    find: (incident) => {
      const found = incident.nodes
        .map((judgment) => ({ judgment, troubles: judgment.troubles.filter((one) => rule.chosen(one, judgment)) }))
        .filter(({ troubles }) => troubles.length > 0);
      const alike = groupBy(found, ({ troubles }) => troubles.map(({ text }) => text).join("; "));
      return [...alike.values()].map((own) => causeOf(rule, incident, own));
    },
  };
}

/** A node and what of its troubles the rule is about. */
interface Afflicted {
  readonly judgment: NodeJudgment;
  readonly troubles: readonly Trouble[];
}

/** Nodes with the very same troubles are told together: whoever made them made them everywhere. */
function causeOf(rule: TroubleRule, incident: Incident, afflicted: readonly Afflicted[]): Found {
  const { name, issues, fix, concerns = "peers" } = rule;
  const nodes = afflicted.map(({ judgment }) => judgment.expected.node);
  const [first] = afflicted;
  const told = first === undefined ? "" : rule.sentence(listOf(nodes), first.troubles, first.judgment);
  const evidence = afflicted.flatMap(({ judgment: { expected }, troubles }) =>
    troubles.map(({ text }) => `${expected.node}: ${text}`),
  );
  const explains = afflicted.flatMap(({ judgment: { expected }, troubles }) =>
    concerns === "peers"
      ? explainedBy(incident, expected.node, troubles)
      : failuresOf(incident, expected.node, ...troubles.flatMap(({ peer }) => peer ?? [])),
  );
  const checks = rule.checks?.(
    afflicted.flatMap(({ troubles }) => troubles),
    incident,
  );
  return {
    ...(checks === undefined ? {} : { checks }),
    name,
    sentence: told,
    fix,
    issues,
    evidence: [...new Set(evidence)].slice(0, shownLines),
    explains: [...new Set(explains)],
  };
}

/** Troubles about single peers explain failures between those two nodes; others all of the node's. */
function explainedBy(incident: Incident, node: string, troubles: readonly Trouble[]): readonly string[] {
  const peers = troubles.flatMap(({ peer }) => peer ?? []);
  const all = failuresOf(incident, node);
  if (peers.length < troubles.length) return all;
  const between = new Set(failuresOf(incident, ...peers));
  const own = new Set([`control-plane/${node}`, `steady/${node}`]);
  return all.filter((id) => between.has(id) || [...own].some((end) => id.endsWith(end)));
}
