import { groupBy } from "../core/group-by.ts";
import { placesOf } from "../verify/path-case.ts";
import type { Trouble } from "../verify/trouble.ts";
import type { PathCase } from "../verify/verdict.ts";
import { listOf } from "../verify/words.ts";
import type { PlaceJudgment } from "./beyond-nodes.ts";
import { failuresOf, type Cause, type Incident, type Rule, shownLines } from "./cause.ts";

interface PlaceRule {
  readonly name: string;
  readonly issues: readonly string[];
  readonly what: PlaceJudgment["what"];
  readonly fixes: Readonly<Partial<Record<Trouble["kind"], string>>>;
  /** What makes it so, where that can be told: "b1: ipv4.conf.all.arp_ignore is 8". */
  readonly because?: (incident: Incident, name: string, trouble: Trouble) => string | undefined;
}

/** A rule about routers, pods or segments that are not as the plan has them: it explains what fails on paths through them. */
export function ofPlaces(rule: PlaceRule): Rule {
  return {
    name: rule.name,
    find: (incident) => {
      const found = incident.beyond
        .filter(({ what }) => what === rule.what)
        .flatMap(({ name, troubles }) => troubles.map((trouble) => ({ name, trouble })))
        .filter(({ trouble }) => rule.fixes[trouble.kind] !== undefined);
      const alike = groupBy(found, ({ trouble }) => `${trouble.kind} ${trouble.peer ?? ""} ${trouble.text}`);
      return [...alike.values()].flatMap((own) => causeOf(rule, incident, own));
    },
  };
}

interface Found {
  readonly name: string;
  readonly trouble: Trouble;
}

function causeOf(rule: PlaceRule, incident: Incident, found: readonly Found[]): readonly Cause[] {
  const [first] = found;
  if (first === undefined) return [];
  const names = found.map(({ name }) => name);
  const { trouble } = first;
  const failing = new Set(incident.failed.map(({ id }) => id));
  const own = incident.cases.filter((pathCase) => failing.has(pathCase.expectation.path.id));
  const isOwned = trouble.kind === "address" && rule.what === "router";
  const explains = own.filter((pathCase) =>
    // Who has another's address answers for it on its segment too, whether a path leads through it or not.
    isOwned ? endsAt(pathCase, trouble.peer) : names.some((name) => passes(pathCase, name, rule.what, trouble.peer)),
  );
  // Where paths fail, what machines ask in vain follows from the first cause that explains these.
  const asks = trouble.kind === "neighbor" && explains.length === 0 ? unansweredOn(incident, names) : [];
  if (explains.length === 0 && asks.length === 0) return [];
  const ids = explains.map(({ expectation }) => expectation.path.id);
  // A pod that does not talk breaks what its node's verdicts say of it.
  const nodes = isOwned
    ? [...names, ...(trouble.peer === undefined ? [] : [trouble.peer])]
    : names.flatMap((name) => incident.network.identities.pods.find((pod) => pod.name === name)?.node ?? []);
  const isHosts = trouble.what === "host";
  const reason = rule.because?.(incident, first.name, trouble);
  const ofNodes = failuresOf(incident, ...nodes).filter(
    (id) => !own.some(({ expectation }) => expectation.path.id === id),
  );
  return [
    {
      name: rule.name,
      sentence: `${listOf(names)}: ${trouble.text}${reason === undefined ? "" : `; ${reason}`}`,
      fix: rule.fixes[trouble.kind] ?? "",
      issues: rule.issues,
      evidence: found.map(({ name, trouble: { text } }) => `${name}: ${text}`).slice(0, shownLines),
      explains: [
        ...new Set([
          ...ids,
          ...asks,
          ...ofNodes.filter((id) => isHosts || isOwned || /\/(?:sentinel|next-hop-mac)\//.test(id)),
        ]),
      ],
    },
  ];
}

/** Verdicts on machines that asked for a neighbor and were not answered; a pod's are its node's. */
function unansweredOn({ failed, network }: Incident, names: readonly string[]): readonly string[] {
  const hosts = names.map((name) => network.identities.pods.find((pod) => pod.name === name)?.node ?? name);
  return failed
    .filter(({ check, id }) => check === "neighbors" && hosts.includes(id.split("/").at(-1) ?? ""))
    .map(({ id }) => id);
}

function endsAt({ expectation: { path } }: PathCase, node: string | undefined): boolean {
  return node !== undefined && [path.source.node, path.target.node].includes(node);
}

/** Whether a path leads through a router, from or to a pod; and of a trouble about another, which of these are that one's. */
function passes(
  { expectation }: PathCase,
  name: string,
  what: PlaceJudgment["what"],
  peer: string | undefined,
): boolean {
  const { source, target } = expectation.path;
  const ends = [source.node, target.node, source.pod, target.pod];
  // Two pods have one address: the paths of both suffer.
  if (what === "pod") return ends.includes(name) || (peer !== undefined && ends.includes(peer));
  const onTheWay = placesOf(expectation);
  if (what === "segment") return onTheWay.has(name) && (peer === undefined || onTheWay.has(peer));
  return onTheWay.has(name) && (peer === undefined || ends.includes(peer));
}
