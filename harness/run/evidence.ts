import type { PathExpectation } from "../encap/expectation.ts";
import type { ProbeObservation, TapSighting } from "../observe/observation.ts";
import type { ProbeResult } from "../probe/probe.ts";
import type { NodeState } from "./node-state.ts";
import type { PathRecord } from "./record.ts";

type Block = PathRecord["evidence"][number];

/** The evidence of one path as an engineer would collect it by hand: routes, devices, FDB, the first packets. */
export function pathEvidence(
  expectation: PathExpectation,
  observations: readonly ProbeObservation[],
  results: readonly ProbeResult[],
  states: readonly NodeState[],
  lookups: ReadonlyMap<string, string>,
): readonly Block[] {
  const { source, target, id } = expectation.path;
  const nodes = [...new Set([source.node, target.node])];
  const lookup = lookups.get(id);
  return [
    ...(lookup === undefined ? [] : [{ title: `ip route get on ${source.node}`, lines: lookup.trimEnd().split("\n") }]),
    ...nodes.flatMap((node) => stateBlocks(expectation, states, node)),
    ...firstPackets(observations),
    ...results.map(probeBlock),
  ];
}

function stateBlocks(expectation: PathExpectation, states: readonly NodeState[], node: string): readonly Block[] {
  const state = states.find((candidate) => candidate.node === node);
  if (state === undefined) return [];
  const routes = expectation.path.family === 4 ? "routes" : "routes v6";
  return [
    { title: `${node}: ip route`, lines: state.sections.get(routes) ?? [] },
    { title: `${node}: ip -d link`, lines: state.sections.get("devices") ?? [] },
    { title: `${node}: bridge fdb`, lines: permanent(state.sections.get("fdb") ?? []) },
  ];
}

/** Multicast and self entries of ordinary devices say nothing about tunnels. */
function permanent(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => line.includes(" dst "));
}

/**
 * Of a path on which all is as it must be, the packets that say most: of one probe, there and back, at the tap where it had the
 * most headers. Everything else can be seen in its capture; hundreds of paths would make megabytes of it.
 */
export function shortEvidence(observations: readonly ProbeObservation[]): readonly Block[] {
  const told = observations.find(({ sightings, probe }) => sightings.length > 0 && probe.kind !== "bulk");
  if (told === undefined) return [];
  return (["forward", "reverse"] as const).flatMap((direction) => {
    const [first, ...others] = told.sightings.filter((sighting) => sighting.direction === direction);
    if (first === undefined) return [];
    const most = others.reduce((best, next) => (headersOf(next) > headersOf(best) ? next : best), first);
    return packetBlock(told, most);
  });
}

function headersOf({ variants }: TapSighting): number {
  return variants[0]?.firstPacket.lines.length ?? 0;
}

function firstPackets(observations: readonly ProbeObservation[]): readonly Block[] {
  return observations.flatMap((observation) =>
    observation.sightings.flatMap((sighting) => packetBlock(observation, sighting)),
  );
}

function packetBlock(observation: ProbeObservation, sighting: TapSighting): readonly Block[] {
  const [variant] = sighting.variants;
  if (variant === undefined || observation.probe.kind === "bulk") return [];
  const { node, device } = sighting.tap;
  const { time, lines } = variant.firstPacket;
  const which = `${observation.probe.kind}, ${sighting.direction}, first of ${sighting.packets} at ${node}/${device}`;
  return [{ title: `${which} (tcpdump -tt: ${time.toFixed(6)})`, lines }];
}

function probeBlock(result: ProbeResult): Block {
  return {
    title: `${result.where}: ${result.command}`,
    lines: [...result.errors, ...result.output.trimEnd().split("\n")],
  };
}
