import type { Scope } from "../core/scope.ts";
import { settleAll } from "../core/settle.ts";
import type { Network } from "../dataplane/dataplane.ts";
import type { PathExpectation } from "../encap/expectation.ts";
import type { Executor } from "../exec/executor.ts";
import { readConditions } from "../probe/offloads.ts";
import type { Design } from "./design.ts";
import type { ExerciseSettings } from "./exercise.ts";
import { placement, readNodePlaces, type NodePlaces } from "./lab-conditions.ts";
import { measureLab } from "./measure-lab.ts";
import type { MeasuringProfile, Turn } from "./profiles.ts";
import type { Sample, SideName } from "./sample.ts";
import { measuredPaths, openSides, type MeasuredClass } from "./sides.ts";

/** What the mode's own paths are compared with, beside the bare nodes: plain packets, or the mode itself (A/A). */
export type Compared = "plain" | "self";

/** What is asked of a measurement. */
export interface MeasuringOrder {
  readonly profile: MeasuringProfile;
  readonly compared: Compared;
  readonly design: Design;
  /** Where others are watched for: this machine, or a node where the nodes are machines elsewhere. */
  readonly machine: Executor;
  readonly signal?: AbortSignal;
  readonly onSample?: (sample: Sample) => void;
}

/** The samples of one lab, with all that they depend on and that stays the same while it stands. */
export interface LabSamples {
  readonly samples: readonly Sample[];
  readonly conditions: Readonly<Record<string, string>>;
}

/** Mbit/s of UDP: what machines without acceleration carry too, and far below what a link of today takes. */
const udpMbitPerSecond = { fast: 100, slow: 20 };

/** Echoes in a sample: where one takes a millisecond or two, 500 would take as long as a flow. */
const echoes = { fast: 500, slow: 200 };

/** Measures a network that is up, as one of the design's labs. */
export async function measureNetwork(
  network: Network,
  expectations: readonly PathExpectation[],
  order: MeasuringOrder,
  lab: number,
  scope: Scope,
): Promise<LabSamples> {
  const paths = measuredPaths(expectations);
  const classes = await settleAll(paths.map((path) => openSides(network, path, order.compared, scope)));
  const [first] = classes;
  if (first === undefined) return { samples: [], conditions: {} };
  const places = await readNodePlaces(first.clientNode, first.serverNode);
  const settings = settingsFor(network, order.profile, places);
  const last = classes.findLast(({ family }) => family === first.family);
  const planned = classes.map((measured) => ({ measured, turns: turnsOf(order, measured, measured === last) }));
  const { machine, signal, onSample, design } = order;
  const optional = {
    ...(places.mhz === undefined ? {} : { mhz: places.mhz }),
    ...(signal === undefined ? {} : { signal }),
    ...(onSample === undefined ? {} : { onSample }),
  };
  const samples = await measureLab({ classes: planned, settings, design, lab, machine, ...optional }, scope);
  const conditions = await conditionsOf(network, first, settings, places);
  return { samples, conditions: { ...conditions, ...sampleConditions(samples), ...missingSides(classes) } };
}

function turnsOf({ profile, compared }: MeasuringOrder, measured: MeasuredClass, isLast: boolean): readonly Turn[] {
  const turns = profile.turns(measured, isLast);
  // Where no plain packets can be had, the nodes are the next best.
  if (compared === "plain") return measured.noTwin === undefined ? turns : turns.map(withHost);
  // Compared with itself, a plain path is as good as another.
  return turns.map(({ exercise, sides }) => ({ exercise, sides: withSelf(sides) }));
}

function withHost({ exercise, sides }: Turn): Turn {
  return { exercise, sides: sides.includes("plain") ? [...new Set<SideName>([...sides, "host"])] : sides };
}

function withSelf(sides: readonly SideName[]): readonly SideName[] {
  return [...new Set<SideName>(["mode", "again", "self", ...sides])];
}

function settingsFor({ lab }: Network, profile: MeasuringProfile, places: NodePlaces): ExerciseSettings {
  const processors = placement(places);
  const speed = lab.slow === true ? "slow" : "fast";
  return {
    seconds: profile.seconds,
    omitSeconds: profile.omitSeconds,
    udpMbitPerSecond: udpMbitPerSecond[speed],
    echoes: echoes[speed],
    ...(processors === undefined ? {} : { processors }),
  };
}

async function conditionsOf(
  network: Network,
  { clientNode }: MeasuredClass,
  settings: ExerciseSettings,
  places: NodePlaces,
): Promise<Readonly<Record<string, string>>> {
  const uplink = network.identities.nodes[0]?.uplink ?? "eth0";
  const [device] = await readConditions(clientNode, [uplink]);
  const { processors, omitSeconds, seconds, echoes: perSample } = settings;
  const omitted = omitSeconds === 0 ? "its first second included" : `after ${omitSeconds} s that do not count`;
  return {
    capture: "off",
    kernel: (await clientNode.run(["uname", "-r"])).stdout.trim(),
    "uplink MTU": String(device?.mtu ?? "unknown"),
    offloads: device === undefined || device.offloads.length === 0 ? "none, or unknown" : device.offloads.join(", "),
    processors:
      processors === undefined
        ? placeless(places)
        : `client on ${processors.client}, server on ${processors.server}, several streams free`,
    sample: `${seconds} s of TCP, ${omitted}; ${settings.udpMbitPerSecond} Mbit/s of UDP; ${perSample} echoes`,
    machine: network.lab.slow === true ? "emulated: figures compare forms, not machines" : "as it is",
  };
}

function placeless({ sharedKernel, processors }: NodePlaces): string {
  if (!sharedKernel) return "each node its own";
  return `${processors.length} for all nodes, wherever the kernel puts processes`;
}

function sampleConditions(samples: readonly Sample[]): Readonly<Record<string, string>> {
  const version = samples.find(({ reading }) => reading.version !== undefined)?.reading.version;
  const segments = new Set(samples.flatMap(({ reading, side }) => (side === "mode" ? (reading.segment ?? []) : [])));
  const congestion = samples.find(({ reading }) => reading.congestion !== undefined)?.reading.congestion;
  return {
    ...(version === undefined ? {} : { iperf3: version }),
    ...(congestion === undefined ? {} : { "TCP congestion control": congestion }),
    ...(segments.size === 0 ? {} : { "TCP segment": `${[...segments].join(", ")} B of data` }),
  };
}

function missingSides(classes: readonly MeasuredClass[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    classes.flatMap(({ noTwin, locality }) => (noTwin === undefined ? [] : [[`no plain ${locality}`, noTwin]])),
  );
}
