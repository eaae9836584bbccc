import { rm } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomic } from "../core/atomic-file.ts";
import type { Dataplane, DataplaneFacts, Network } from "../dataplane/dataplane.ts";
import type { PathExpectation } from "../encap/expectation.ts";
import { vxlanPort } from "../encap/tunnel.ts";
import type { ProbeObservation } from "../observe/observation.ts";
import { observe, type Observations } from "../observe/observe.ts";
import { trimCaptures, type TrimmedCapture } from "../observe/trim-captures.ts";
import type { NetworkCase } from "../verify/check.ts";
import { assertJudged, judgeNetwork, judgePath } from "../verify/judge-path.ts";
import type { PathCase, Verdict } from "../verify/verdict.ts";
import { pathEvidence } from "./evidence.ts";
import { hopRecords } from "./hops.ts";
import { readRouteLookups } from "./lookups.ts";
import { readNodeState, renderNodeState, type NodeState } from "./node-state.ts";
import { overheadMeasurements } from "./overhead.ts";
import type { Measurement, PathRecord, ScenarioRecord } from "./record.ts";
import type { RunRequest } from "./request.ts";
import type { Questions } from "./suite.ts";
import { tapCount, type Wire } from "./wire.ts";

/** What the wire and the kernel said, put to every question. */
export interface Judgment {
  readonly verdicts: readonly Verdict[];
  readonly measurements: readonly Measurement[];
  readonly paths: readonly PathRecord[];
  readonly capture: NonNullable<ScenarioRecord["capture"]>;
}

interface Hearing {
  readonly request: RunRequest;
  readonly dataplane: Dataplane;
  readonly network: Network;
  readonly expectations: readonly PathExpectation[];
  readonly questions: Questions;
  readonly wire: Wire;
  /** Name of the scenario's folders. */
  readonly folder: string;
}

/** Decodes, compares expectation with observation on every path and node, and gathers the evidence. */
export async function judgeScenario(hearing: Hearing): Promise<Judgment> {
  const { request, dataplane, network, expectations, questions, wire } = hearing;
  const [facts, states, lookups, observed] = await Promise.all([
    dataplane.facts(network),
    Promise.all(network.lab.nodes.map(({ name, executor }) => readNodeState(name, executor))),
    readRouteLookups(network, expectations),
    observe(wire.probes, wire.captures, wire.targets, { vxlanPorts: [vxlanPort] }),
  ]);
  const cases = expectations.map((expectation) => caseOf(expectation, wire, observed));
  const onPaths = cases.flatMap((pathCase) => judgePath(pathCase, questions.checks));
  assertJudged(expectations, onPaths);
  const verdicts = [...onPaths, ...judgeNetwork(networkCaseOf(network, facts), questions.checks)];
  if (verdicts.some(({ status }) => status === "fail")) await keepDiagnostics(request, hearing.folder, states);
  const folder = join("pcaps", hearing.folder);
  const trimmed = await trimCaptures(wire.probes, wire.captures, wire.targets, {
    folder: join(request.folder, folder),
  });
  // Whole captures are large; what matters of them is in the trimmed ones now.
  await rm(join(request.folder, "captures"), { recursive: true, force: true });
  const paths = cases.map((pathCase) => recordOf(pathCase, states, lookups, folder, trimmed));
  return {
    verdicts,
    measurements: overheadMeasurements(network.mode, cases),
    paths,
    capture: {
      packets: wire.captures.reduce((sum, capture) => sum + capture.captured, 0),
      droppedByKernel: wire.captures.reduce((sum, capture) => sum + capture.droppedByKernel, 0),
      taps: tapCount(wire.targets),
    },
  };
}

function networkCaseOf({ lab, mode, identities, bgp }: Network, facts: DataplaneFacts): NetworkCase {
  return { plan: lab.plan, mode, identities, facts, ...(bgp === undefined ? {} : { bgp }) };
}

function caseOf(expectation: PathExpectation, wire: Wire, observed: Observations): PathCase {
  const own = (observation: ProbeObservation): boolean => observation.probe.path.id === expectation.path.id;
  return {
    expectation,
    results: wire.results.filter(({ probe }) => probe.path.id === expectation.path.id),
    observations: observed.observations.filter(own),
    health: observed.health,
  };
}

function recordOf(
  pathCase: PathCase,
  states: readonly NodeState[],
  lookups: ReadonlyMap<string, string>,
  folder: string,
  trimmed: readonly TrimmedCapture[],
): PathRecord {
  const { expectation, observations, results } = pathCase;
  const { forward, reverse } = expectation;
  const onTheWay = new Set([...forward.hops, ...(reverse?.hops ?? [])].map(({ tap }) => tap.node));
  return {
    expectation,
    hops: hopRecords(expectation, observations),
    commands: results.map(({ where, command }) => `${where}: ${command}`),
    evidence: pathEvidence(expectation, observations, results, states, lookups),
    pcaps: trimmed.filter(({ node }) => onTheWay.has(node)).map(({ node }) => join(folder, `${node}.pcap`)),
  };
}

/** Kernel state of every node as text, for whoever has to find out why. */
async function keepDiagnostics(request: RunRequest, folder: string, states: readonly NodeState[]): Promise<void> {
  await Promise.all(
    states.map((state) => {
      const file = join(request.folder, "diagnostics", state.node, `${folder}.txt`);
      return writeFileAtomic(file, renderNodeState(state));
    }),
  );
}
