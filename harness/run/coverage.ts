import { enumeratePaths } from "../encap/enumerate.ts";
import type { Identities } from "../encap/identity.ts";
import type { Mode } from "../encap/mode.ts";
import type { Path } from "../encap/path.ts";
import type { SweepPlan } from "../probe/sweep.ts";
import type { Plan } from "../topology/plan.ts";

/** What one scenario asked of all that could be asked, and in words what it did not. */
export interface Coverage {
  /** The number by which pods, ports and sizes were drawn; missing where the first of each were taken. */
  readonly seed?: number;
  /** Judged hop by hop; of those between all nodes. */
  readonly paths: { readonly asked: number; readonly of: number };
  readonly pods: { readonly sent: number; readonly received: number; readonly of: number };
  /** Ordered pairs of pods on different nodes, by family: judged hop by hop, and those whose form alone was watched. */
  readonly pairs: { readonly judged: number; readonly watched: number; readonly of: number };
  /** Ports to which packets went whose form was watched, beside those of probes. */
  readonly ports: { readonly tcp: readonly number[]; readonly udp: readonly number[] };
  /** A sentence for each thing that was not asked. */
  readonly notAsked: readonly string[];
}

/** Names listed in a sentence; of more the number is told. */
const named = 6;

/** Compares what was asked with what could be. Pure; a missing sweep is one that nobody sent. */
export function coverageOf(
  plan: Plan,
  mode: Mode,
  identities: Identities,
  asked: readonly Path[],
  { seed, sweep }: { readonly seed?: number; readonly sweep?: SweepPlan },
): Coverage {
  const pods = identities.pods.map(({ name }) => name);
  const senders = new Set(asked.flatMap(({ source }) => source.pod ?? []));
  const receivers = new Set(asked.flatMap(({ target }) => target.pod ?? []));
  const judged = new Set(
    asked.flatMap(({ source, target, family, traffic }) =>
      traffic === "pod-to-pod" && source.node !== target.node ? [`${source.pod} ${target.pod} ${family}`] : [],
    ),
  );
  const swept = (sweep?.pairs ?? []).map(({ from, to, family }) => `${from.name} ${to.name} ${family}`);
  const watched = swept.filter((pair) => !judged.has(pair)).length;
  const of = sweep?.of ?? pairCount(plan, identities);
  const all = enumeratePaths(plan, mode, "full").length;
  const ports = { tcp: sweep?.tcp ?? [], udp: sweep?.udp ?? [] };
  const silent = pods.filter((pod) => !senders.has(pod));
  const deaf = pods.filter((pod) => !receivers.has(pod));
  return {
    ...(seed === undefined ? {} : { seed }),
    paths: { asked: asked.length, of: Math.max(all, asked.length) },
    pods: { sent: pods.length - silent.length, received: pods.length - deaf.length, of: pods.length },
    pairs: { judged: judged.size, watched, of },
    ports,
    notAsked: [
      ...(silent.length === 0 ? [] : [`${silent.length} of ${pods.length} pods never sent: ${listed(silent)}`]),
      ...(deaf.length === 0 ? [] : [`${deaf.length} of ${pods.length} pods were never asked: ${listed(deaf)}`]),
      ...(asked.length >= all ? [] : [`${all - asked.length} of ${all} paths (--profile full asks all of them)`]),
      ...(judged.size >= of ? [] : [pairWords(judged.size, watched, of)]),
      portWords(ports),
    ],
  };
}

function pairWords(judged: number, watched: number, of: number): string {
  const none = of - judged - watched;
  const rest = [
    ...(watched === 0 ? [] : [`${watched} for the form of single packets alone`]),
    ...(none === 0 ? [] : [`${none} not at all`]),
  ];
  return `${of - judged} of ${of} pairs of pods on different nodes: ${rest.join(", ")}`;
}

function portWords({ tcp, udp }: Coverage["ports"]): string {
  if (tcp.length === 0) return "ports other than those of probes";
  const list = (ports: readonly number[]): string => ports.toSorted((a, b) => a - b).join(" ");
  return `ports other than those of probes, TCP ${list(tcp)} and UDP ${list(udp)}; other protocols`;
}

function pairCount({ families }: Plan, { pods }: Identities): number {
  const ordered = pods.reduce((sum, pod) => sum + pods.filter(({ node }) => node !== pod.node).length, 0);
  return ordered * families.length;
}

function listed(names: readonly string[]): string {
  const more = names.length - named;
  return more <= 0 ? names.join(" ") : `${names.slice(0, named).join(" ")} and ${more} more`;
}
