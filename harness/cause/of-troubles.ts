import type { NodeJudgment } from "../verify/node-troubles.ts";
import type { Trouble } from "../verify/trouble.ts";
import { failuresOf, type Cause, type Incident, type Rule } from "./cause.ts";

interface TroubleRule {
  readonly name: string;
  readonly issues: readonly string[];
  readonly fix: string;
  /** The troubles of a node that are of this kind. */
  readonly chosen: (trouble: Trouble, node: NodeJudgment) => boolean;
  /** "peers": troubles about single peers explain failures between those two alone; "both nodes": all of both. */
  readonly concerns?: "peers" | "both nodes";
  readonly sentence: (node: string, troubles: readonly Trouble[], judgment: NodeJudgment) => string;
}

/** A rule that finds its cause in what is wrong with nodes' kernels: one cause for each node that has it. */
export function ofTroubles({ name, issues, fix, chosen, concerns = "peers", sentence }: TroubleRule): Rule {
  return {
    name,
    find: (incident) =>
      incident.nodes.flatMap((judgment): readonly Cause[] => {
        const { node } = judgment.expected;
        const troubles = judgment.troubles.filter((trouble) => chosen(trouble, judgment));
        if (troubles.length === 0) return [];
        const evidence = [...new Set(troubles.map(({ text }) => `${node}: ${text}`))].slice(0, shown);
        const peers = troubles.flatMap(({ peer }) => peer ?? []);
        const explains =
          concerns === "peers" ? explainedBy(incident, node, troubles) : failuresOf(incident, node, ...peers);
        return [{ name, sentence: sentence(node, troubles, judgment), fix, issues, evidence, explains }];
      }),
  };
}

/** Lines of evidence that a cause shows. */
const shown = 6;

/** Troubles about single peers explain failures between those two nodes; others all of the node's. */
function explainedBy(incident: Incident, node: string, troubles: readonly Trouble[]): readonly string[] {
  const peers = troubles.flatMap(({ peer }) => peer ?? []);
  const all = failuresOf(incident, node);
  if (peers.length < troubles.length) return all;
  const between = new Set(failuresOf(incident, ...peers));
  const own = new Set([`control-plane/${node}`, `steady/${node}`]);
  return all.filter((id) => between.has(id) || [...own].some((end) => id.endsWith(end)));
}
