import { describeCluster } from "../bundle/described-cluster.ts";
import { judgeBundle, type BundleJudgment } from "../bundle/judge-bundle.ts";
import { readBundle } from "../bundle/read-bundle.ts";
import { renderBundle, withoutRoutes } from "../bundle/render-bundle.ts";
import { ExitCode } from "../core/errors.ts";

/** Explains a bundle of diagnostics: what its nodes differ in from what their own pools and subnets ask of them. */
export async function explainBundle(path: string, json: boolean): Promise<void> {
  const judgment = judgeBundle(describeCluster(await readBundle(path)));
  console.log(json ? JSON.stringify(asData(judgment), undefined, 2) : renderBundle(judgment));
  process.exitCode = exitCodeOf(judgment);
}

function exitCodeOf({ nodes }: BundleJudgment): ExitCode {
  if (nodes.some(({ troubles }) => troubles.length > 0)) return ExitCode.fail;
  return nodes.length === 0 || withoutRoutes({ nodes }).length > 0 ? ExitCode.lab : ExitCode.pass;
}

function asData({ cluster, modes, nodes, causes, notes }: BundleJudgment): unknown {
  return {
    name: cluster.name,
    modes: modes.map(({ id }) => id),
    nodes: nodes.map(({ expected, troubles, unreadable }) => ({
      node: expected.node,
      status: troubles.length > 0 ? "fail" : "pass",
      differences: troubles.map(({ kind, text, peer }) => ({ kind, text, ...(peer === undefined ? {} : { peer }) })),
      unreadable,
    })),
    causes: causes.map(({ name, sentence, fix, issues }) => ({ name, sentence, fix, issues })),
    notes,
  };
}
