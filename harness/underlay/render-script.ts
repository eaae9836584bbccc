import { namespacePrefixArgv } from "../exec/namespace/namespace.ts";
import { shellQuote } from "../exec/quote.ts";
import { fabricNamespace, memberNamespace, type LabId } from "../lab/lab-id.ts";
import type { RenderedLab } from "./render-lab.ts";
import { pingArgv, type Walk } from "./walk.ts";

/** Lanes that work side by side: steps wait for one kernel lock much of the time, so more gain nothing. */
const lanes = 4;

/**
 * One sh script that builds a lab and then walks it: one process of ours instead of one per step, which is where most of
 * the time would go. Says `failed <member>` when a step fails (and exits 1), `unreached <index>` for each walk that does.
 */
export function renderBuildScript(lab: RenderedLab, walks: readonly Walk[], id: LabId): string {
  const inside = (namespace: string, script: string): string =>
    shellQuote([...namespacePrefixArgv(namespace), "sh", "-c", script]);
  const members = lab.members.map(
    ({ name, namespace, script }) => `${inside(namespace, script)} || fail ${shellQuote([name])}`,
  );
  const pings = walks.map((walk, index) => {
    const argv = [...namespacePrefixArgv(memberNamespace(id, walk.from.name)), ...pingArgv(walk)];
    return `${shellQuote(argv)} >/dev/null 2>&1 || echo unreached ${index}`;
  });
  return [
    'fail() { echo "failed $1"; exit 1; }',
    `ip -batch - <<'END' || fail namespaces\n${lab.namespaces}END`,
    `${inside(fabricNamespace(id), lab.fabric)} || fail fabric`,
    sideBySide(members),
    sideBySide(pings),
    "",
  ].join("\n");
}

/** Deals the steps out to lanes and waits for all; a lane ends at its first failing step, the script after all lanes. */
function sideBySide(steps: readonly string[]): string {
  const dealt = Array.from({ length: Math.min(lanes, steps.length) }, (_, lane) =>
    steps.filter((_step, index) => index % lanes === lane),
  );
  const started = dealt.map((lane, index) => `{\n${lane.join("\n")}\n} </dev/null & lane${index}=$!`);
  const waits = dealt.map((_, index) => `wait $lane${index} || bad=1`);
  return ["bad=", ...started, ...waits, '[ -z "$bad" ] || exit 1'].join("\n");
}
