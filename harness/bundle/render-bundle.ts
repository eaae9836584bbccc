import { isIn } from "../kubernetes/ip-pools.ts";
import { modes } from "../encap/mode.ts";
import { networkOf, withoutPrefix } from "../topology/address.ts";
import type { NodeJudgment } from "../verify/node-troubles.ts";
import type { BundleJudgment } from "./judge-bundle.ts";
import { pairForms } from "./pair-forms.ts";

/** Nodes beyond which a grid of pairs is left out: a line has 120 columns. */
const widestGrid = 12;

/** Differences of one node that are spelled out; JSON has all. */
const shownOfNode = 8;

/** A bundle in words: the cluster, each pair of nodes, offenders, causes. Control characters of strangers are left out. */
export function renderBundle(judgment: BundleJudgment): string {
  const lines = [
    ...head(judgment),
    ...grid(judgment),
    ...judgment.nodes.flatMap(offender),
    ...judgment.causes.flatMap(({ sentence, fix, issues }) => [
      `  cause ${sentence}`,
      `      fix       ${fix}`,
      ...(issues.length === 0 ? [] : [`      seen in   ${issues.join(", ")}`]),
    ]),
    ...judgment.notes.map((note) => `  note  ${note}`),
    ...unread(judgment),
    "",
    conclusion(judgment),
  ];
  return lines.map(printable).join("\n");
}

function head({ cluster, plan }: BundleJudgment): readonly string[] {
  const pools = cluster.pools.map((pool) => {
    const mode = modes.find((candidate) => isIn(pool, candidate))?.calicoName ?? "both IPIP and VXLAN";
    return `${pool.name} ${pool.cidr} in /${pool.blockSize}, ${mode}${pool.disabled ? ", disabled" : ""}`;
  });
  const racks = [...new Set(plan.nodes.map(({ uplink }) => uplink.segment))].map((segment) => {
    const members = plan.nodes.filter(({ uplink }) => uplink.segment === segment);
    const networks = Object.values(members[0]?.uplink.addresses ?? {}).map(networkOf);
    const names = members.slice(0, widestGrid).map(({ name }) => name);
    const more = members.length > names.length ? ` and ${members.length - names.length} more` : "";
    return `${networks.join(" ")} [${names.join(" ")}${more}]`;
  });
  return [
    `${cluster.name}: ${cluster.nodes.length} nodes, kernel state of ${cluster.facts.length}`,
    ...pools.map((line, index) => `${index === 0 ? "pools    " : "         "} ${line}`),
    ...racks.map((line, index) => `${index === 0 ? "subnets  " : "         "} ${line}`),
    "",
  ];
}

/** What each pair's packets must look like, and whether the source's kernel agrees. */
function grid(judgment: BundleJudgment): readonly string[] {
  const { nodes } = judgment;
  const names = judgment.plan.nodes.map(({ name }) => name);
  if (names.length > widestGrid || names.length < 2 || nodes.length === 0) return [];
  const forms = pairForms(judgment);
  const width = Math.max(9, ...names.map((name) => name.length)) + 2;
  const rows = names.map((from) =>
    [`  from ${from.padEnd(width)}`, ...names.map((to) => (forms.get(`${from} ${to}`) ?? "·").padEnd(width))].join(""),
  );
  return [`       ${"to".padEnd(width)}${names.map((name) => name.padEnd(width)).join("")}`, ...rows, ""];
}

function offender({ expected, troubles, facts }: NodeJudgment): readonly string[] {
  if (troubles.length === 0) return [];
  const texts = [...new Set(troubles.map(({ text }) => text))];
  const own = facts?.links.find(({ device }) => device === expected.underlay?.uplink)?.addresses.map(withoutPrefix)[0];
  const count = `${texts.length} difference${texts.length === 1 ? "" : "s"}`;
  return [
    `  ✘ ${expected.node}${own === undefined ? "" : ` (${own})`}: ${count}`,
    ...texts.slice(0, shownOfNode).map((text) => `      ${text}`),
    ...(texts.length > shownOfNode ? [`      and ${texts.length - shownOfNode} more (--json)`] : []),
  ];
}

/** What of the nodes' state nobody could compare, each thing once with the nodes that lack it. */
function unread({ cluster }: BundleJudgment): readonly string[] {
  const missing = new Map<string, string[]>();
  for (const { node, unreadable = [] } of cluster.facts)
    for (const { what, because } of unreadable) {
      const key = `${what}: ${because}`;
      missing.set(key, [...(missing.get(key) ?? []), node]);
    }
  return [...missing].map(([what, nodes]) => {
    const whose = nodes.length === cluster.facts.length ? "every node" : nodes.slice(0, widestGrid).join(" ");
    return `  note  not compared: ${what} (${whose})`;
  });
}

/** Nodes that the bundle has files of, but no routes, without which next to nothing is judged. */
export function withoutRoutes({ nodes }: Pick<BundleJudgment, "nodes">): readonly string[] {
  return nodes
    .filter(({ unreadable }) => unreadable.some(({ what }) => what === "routes"))
    .map(({ expected }) => expected.node);
}

function conclusion(judgment: BundleJudgment): string {
  const { nodes } = judgment;
  const offenders = nodes.filter(({ troubles }) => troubles.length > 0).length;
  if (nodes.length === 0) return "INCONCLUSIVE  the bundle holds no node's routes and devices · exit 3";
  const blind = withoutRoutes(judgment);
  if (offenders === 0 && blind.length > 0)
    return `INCONCLUSIVE  no offender, but the routes of ${blind.join(" ")} are not in the bundle · exit 3`;
  return offenders === 0
    ? `PASS  no offender among ${nodes.length} nodes`
    : `FAIL  ${offenders} of ${nodes.length} nodes differ from what pools and subnets make of them · exit 1`;
}

/** Text of a stranger must not move a terminal's cursor or change its colors. */
function printable(line: string): string {
  return line.replace(/[\u0000-\u001f\u007f-\u009f]/g, "");
}
