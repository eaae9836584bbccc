import { join } from "node:path";
import type { Cause } from "../cause/cause.ts";
import { findCauses } from "../cause/find-causes.ts";
import { writeFileAtomic } from "../core/atomic-file.ts";
import { groupBy } from "../core/group-by.ts";
import type { Dataplane, DataplaneFacts, Network } from "../dataplane/dataplane.ts";
import type { NodeFacts } from "../dataplane/node-facts.ts";
import type { PathExpectation } from "../encap/expectation.ts";
import type { FaultEffect } from "../fault/fault.ts";
import { heardBetween } from "../observe/heard-between.ts";
import { observe, type Observations } from "../observe/observe.ts";
import { EncryptedAddresses } from "../encap/encrypted-addresses.ts";
import { isEncrypted } from "../encap/wireguard.ts";
import type { Encryption } from "../observe/unwrap-wireguard.ts";
import { trimCaptures, type TrimmedCapture } from "../observe/trim-captures.ts";
import { placesOf } from "../probe/places.ts";
import type { Probe } from "../probe/probe.ts";
import type { NetworkCase } from "../verify/check.ts";
import { assertJudged, judgeNetwork, judgePath } from "../verify/judge-path.ts";
import { sweptSizes } from "../verify/swept-sizes.ts";
import type { PathCase, Verdict } from "../verify/verdict.ts";
import { pathEvidence, shortEvidence } from "./evidence.ts";
import { readFacts, readPodFacts } from "./facts.ts";
import { hopRecords } from "./hops.ts";
import { readRouteLookups } from "./lookups.ts";
import { readNodeStates, renderNodeState, type NodeState } from "./node-state.ts";
import { evidenceOnce, isLarge, packetsKept } from "./large-run.ts";
import { overheadMeasurements } from "./overhead.ts";
import type { Measurement, PathRecord, ScenarioRecord } from "./record.ts";
import type { RunOrder } from "./order.ts";
import type { Questions } from "./suite.ts";
import { planSweep, sendSweep, type SweepPlan } from "../probe/sweep.ts";
import { afterSecondLook, pathsInDoubt } from "./second-look.ts";
import { attributed, connectionsOf } from "./attributed.ts";
import { coverageOf, type Coverage } from "./coverage.ts";
import { tapCount, type Wire } from "./wire.ts";
import { plainTwins } from "../measure/sides.ts";
import { removeCaptures } from "./whole-captures.ts";
import type { Guard } from "./guard.ts";
import type { TapReport } from "../sentinel/tap-report.ts";
import { heardChecks } from "../verify/heard-checks.ts";

/** What the wire and the kernel said, put to every question. */
export interface Judgment {
  readonly verdicts: readonly Verdict[];
  readonly measurements: readonly Measurement[];
  readonly paths: readonly PathRecord[];
  readonly causes: readonly Cause[];
  /** The same with what was heard over the whole run: for as long as something may still be heard. */
  readonly withHeard: (heard: readonly TapReport[]) => Judgment;
  readonly coverage: Coverage;
  readonly capture: NonNullable<ScenarioRecord["capture"]>;
}

/** Another round of probes. */
export interface SecondLook {
  /** What this machine had to do, if that was too much. */
  readonly because?: string;
  at(expectations: readonly PathExpectation[]): Promise<readonly Verdict[]>;
}

interface Hearing {
  readonly order: RunOrder;
  readonly dataplane: Dataplane;
  readonly network: Network;
  readonly expectations: readonly PathExpectation[];
  readonly questions: Questions;
  readonly wire: Wire;
  readonly effect?: Partial<FaultEffect>;
  readonly guard?: Guard;
  /** Whether costs are measured in the same lab afterwards. */
  readonly measures?: boolean;
  /** Asks some paths once more, where the probe or this machine was too late for the answer to be sure. */
  readonly secondLook?: SecondLook;
  /** Name of the scenario's folders. */
  readonly folder: string;
}

/** Decodes, compares expectation with observation on every path and node, and gathers the evidence. */
export async function judgeScenario(hearing: Hearing): Promise<Judgment> {
  const { order, dataplane, network, expectations, questions } = hearing;
  const sweep = sweepFor(hearing);
  const encryption = encryptionIn(network);
  const [facts, seenAtFirst, heard] = await Promise.all([
    readFacts(dataplane, network, hearing.effect?.blind),
    observe(hearing.wire.probes, hearing.wire.captures, hearing.wire.targets, encryption),
    heardSoFar(hearing, sweep),
  ]);
  const { wire, observed } = attributed(network, hearing.wire, seenAtFirst, expectations);
  const cases = casesOf(expectations, wire, observed);
  const onPaths = cases.flatMap((pathCase) => judgePath(pathCase, questions.checks));
  assertJudged(expectations, onPaths);
  const seen = { ...networkCaseOf(network, facts, wire.before), unanswered: observed.unanswered };
  const verdicts = await lookAgain(hearing, [...onPaths, ...judgeNetwork(seen, questions.checks)]);
  const many = isLarge(cases);
  const details = await readDetails(hearing, verdicts);
  const networkCase = { ...seen, facts: { ...facts, pods: details.pods } };
  const folder = join("pcaps", hearing.folder);
  const trimmed = await trimCaptures(wire.probes, wire.captures, {
    folder: join(order.folder, folder),
    owners: observed.owners,
    perFlow: (probe) => packetsKept(probe, many, details.wrong),
  });
  // Whole captures are large; what matters of them is in the trimmed ones now.
  await removeCaptures(order.folder, hearing.folder);
  const paths = cases.map((pathCase) => recordOf(pathCase, details, folder, trimmed));
  const judgment = (heard: readonly TapReport[]): Judgment => {
    const whole = { ...networkCase, heard };
    const late = heardChecks.filter((check) => questions.checks.some(({ name }) => name === check.name));
    const all = [...verdicts, ...late.flatMap((check) => check.judge(whole))];
    const told = many ? evidenceOnce(all) : all;
    return { ...rest, verdicts: told, causes: findCauses(whole, all, cases), withHeard: judgment };
  };
  const asked = expectations.filter(({ skip }) => skip === undefined).map(({ path }) => path);
  const { turn: seed } = order;
  const drawn = { ...(seed === undefined ? {} : { seed }), ...(sweep === undefined ? {} : { sweep }) };
  const rest = {
    coverage: coverageOf(network.lab.plan, network.mode, network.identities, asked, drawn),
    measurements: overheadMeasurements(network.mode, cases),
    paths,
    capture: {
      packets: wire.captures.reduce((sum, capture) => sum + capture.captured, 0),
      droppedByKernel: wire.captures.reduce((sum, capture) => sum + capture.droppedByKernel, 0),
      taps: tapCount(wire.targets),
    },
  };
  return judgment(heard);
}

/** Who encrypts packets to which addresses, for reading captures. */
export function encryptionIn({ lab, mode, identities }: Network): { readonly encryption?: Encryption } {
  return isEncrypted(lab.plan) ? { encryption: new EncryptedAddresses(lab.plan, mode, identities) } : {};
}

/** Pairs of pods that a sweep asks at the most: quick stays quick with hundreds of pods, and with slow machines. */
const mostSwept = { quick: 64, full: 1024, signoff: 1024, slow: 16 } as const;

/** Single packets between pods that no path joins; missing where nobody watches in which form they travel. */
function sweepFor({ order, network, guard }: Hearing): SweepPlan | undefined {
  if (guard?.watching !== true) return undefined;
  const { lab, identities } = network;
  const most = mostSwept[lab.slow === true ? "slow" : order.profile];
  return planSweep(identities, lab.plan.families, order.turn ?? 0, most);
}

/** Asks paths once more of which a late probe or a machine that is too busy may be what was seen. */
async function lookAgain(
  { secondLook, expectations }: Hearing,
  first: readonly Verdict[],
): Promise<readonly Verdict[]> {
  if (secondLook === undefined) return first;
  const paths = expectations.map(({ path }) => path);
  const doubtful = pathsInDoubt(first, paths, secondLook.because);
  if (doubtful.size === 0) return first;
  const second = await secondLook.at(expectations.filter(({ path }) => doubtful.has(path.id)));
  return afterSecondLook(first, second, secondLook.because);
}

/** The sentinel goes on while costs are measured; else it has heard all there was. */
async function heardSoFar(
  { guard, measures, network, expectations }: Hearing,
  sweep: SweepPlan | undefined,
): Promise<readonly TapReport[]> {
  if (guard === undefined || sweep === undefined) return [];
  await sendSweep(sweep, placesOf(network));
  if (measures !== true) return guard.end();
  await guard.next(plainTwins(network, expectations));
  return guard.heard;
}

function networkCaseOf(
  { lab, mode, identities, bgp }: Network,
  facts: DataplaneFacts,
  before: DataplaneFacts,
): NetworkCase {
  return { plan: lab.plan, mode, identities, facts, before, ...(bgp === undefined ? {} : { bgp }) };
}

/** What was expected, sent and observed, path by path. */
export function casesOf(
  expectations: readonly PathExpectation[],
  wire: Wire,
  { observations, health }: Observations,
): readonly PathCase[] {
  const idOf = ({ probe }: { readonly probe: Probe }): string => probe.path.id;
  const results = groupBy(wire.results, idOf);
  const observed = groupBy(observations, idOf);
  const connections = connectionsOf(observations);
  return expectations.map((expectation) => {
    const { id } = expectation.path;
    const own = { expectation, results: results.get(id) ?? [], observations: observed.get(id) ?? [], health };
    return expectation.path.backends === undefined ? own : { ...own, connections: connections(expectation.path) };
  });
}

/** What is only read where something is not as it must be: texts of the nodes concerned, and the kernel's word on the ways. */
interface Details {
  /** Ids of what is wrong or in doubt: paths, nodes. */
  readonly wrong: ReadonlySet<string>;
  readonly states: readonly NodeState[];
  /** By path id. */
  readonly lookups: ReadonlyMap<string, string>;
  /** Of pods at the ends of paths on which something failed. */
  readonly pods: readonly NodeFacts[];
}

async function readDetails(hearing: Hearing, verdicts: readonly Verdict[]): Promise<Details> {
  const { order, network, expectations, folder } = hearing;
  const wrong = new Set(
    verdicts.flatMap(({ id, status }) => (status === "fail" || status === "inconclusive" ? [id] : [])),
  );
  const paths = expectations.filter(({ path }) => wrong.has(path.id));
  const ends = paths.flatMap(({ path }) => [path.source.node, path.target.node]);
  const judged = [...wrong].map((id) => id.split("/").at(-1));
  const concerned = new Set([...ends, ...judged]);
  const failed = new Set(verdicts.flatMap(({ id, status }) => (status === "fail" ? [id] : [])));
  const failing = paths.map(({ path }) => path).filter(({ id }) => failed.has(id));
  const [states, lookups, pods] = await Promise.all([
    readNodeStates(network.lab.nodes.filter(({ name }) => concerned.has(name))),
    readRouteLookups(network, paths),
    failing.length === 0 ? [] : readPodFacts(network, failing),
  ]);
  if (failed.size > 0) await keepDiagnostics(order, folder, states);
  return { wrong, states, lookups, pods };
}

function recordOf(
  pathCase: PathCase,
  { wrong, states, lookups }: Details,
  folder: string,
  trimmed: readonly TrimmedCapture[],
): PathRecord {
  const { expectation, observations, results } = pathCase;
  const { forward, reverse } = expectation;
  const sizes = sweptSizes(pathCase);
  const onTheWay = new Set([...forward.hops, ...(reverse?.hops ?? [])].map(({ tap }) => tap.node));
  return {
    expectation,
    ...heardIn(observations),
    hops: hopRecords(expectation, observations),
    commands: results.map(({ where, command }) => `${where}: ${command}`),
    evidence: wrong.has(expectation.path.id)
      ? pathEvidence(expectation, observations, results, states, lookups)
      : shortEvidence(observations),
    pcaps: trimmed.filter(({ node }) => onTheWay.has(node)).map(({ node }) => join(folder, `${node}.pcap`)),
    ...(sizes.length === 0 ? {} : { sizes }),
  };
}

function heardIn(observations: PathCase["observations"]): Pick<PathRecord, "heard"> {
  const heard = heardBetween(observations);
  return heard === undefined ? {} : { heard };
}

/** Kernel state of the nodes concerned as text, for whoever has to find out why. */
async function keepDiagnostics(order: RunOrder, folder: string, states: readonly NodeState[]): Promise<void> {
  await Promise.all(
    states.map((state) => {
      const file = join(order.folder, "diagnostics", state.node, `${folder}.txt`);
      return writeFileAtomic(file, renderNodeState(state));
    }),
  );
}
