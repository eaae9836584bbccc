import type { Profile } from "../encap/enumerate.ts";
import type { Design } from "./design.ts";
import type { Exercise } from "./exercise.ts";
import type { PathClass, SideName } from "./sample.ts";

/** Twelve pairs in six labs: enough for an interval at both levels (`design-power.test.ts` tells what it covers and finds). */
export const fullDesign: Omit<Design, "seed"> = { labs: 6, roundsPerLab: 2 };

/** An exercise with the sides that do it. */
export interface Turn {
  readonly exercise: Exercise;
  readonly sides: readonly SideName[];
}

/** How much a profile measures. */
export interface MeasuringProfile {
  readonly design: Omit<Design, "seed">;
  readonly seconds: number;
  readonly omitSeconds: number;
  /** More labs until every interval of throughput is narrower (a fraction to each side) or time is up; missing = the design's labs alone. */
  readonly until?: { readonly halfWidth: number; readonly mostMinutes: number };
  /** What is done in each round of a class. `isLast`: no class of the first family is farther. */
  readonly turns: (measured: PathClass, isLast: boolean) => readonly Turn[];
}

const all: readonly SideName[] = ["mode", "again", "plain", "host", "self"];
const pods: readonly SideName[] = ["mode", "again", "plain", "self"];

const everything: readonly Turn[] = [
  { exercise: "tcp", sides: all },
  { exercise: "tcp-4", sides: pods },
  { exercise: "udp", sides: pods },
  { exercise: "echo", sides: all },
  { exercise: "connect", sides: pods },
];

/** The baseline of a path that is plain already are the nodes: to route it past a tunnel would change nothing. */
const plainly: readonly Turn[] = [
  { exercise: "tcp", sides: ["mode", "again", "host"] },
  { exercise: "echo", sides: ["mode", "again", "host"] },
];

/** What each profile measures; the time that each takes is in the table of README.md. */
export const measuringProfiles: Readonly<Record<Profile, MeasuringProfile>> = {
  quick: {
    // A round and its mirror image, which cancels whatever grows or shrinks steadily.
    design: { labs: 1, roundsPerLab: 2 },
    seconds: 1,
    omitSeconds: 0,
    turns: ({ form }, isLast) => [
      ...(isLast ? [{ exercise: "tcp", sides: ["mode", isPlain(form) ? "host" : "plain"] } as const] : []),
      { exercise: "echo", sides: isPlain(form) ? ["mode", "host"] : ["mode", "plain", "host"] },
    ],
  },
  full: {
    design: fullDesign,
    seconds: 1,
    omitSeconds: 1,
    turns: ({ form }) => (isPlain(form) ? plainly : everything),
  },
  signoff: {
    design: fullDesign,
    seconds: 2,
    omitSeconds: 1,
    until: { halfWidth: 0.02, mostMinutes: 60 },
    turns: () => everything,
  },
};

/** The least that a gate can be proven with: six pairs in six labs, half a minute. */
export const gateProfile: MeasuringProfile = {
  design: { labs: 6, roundsPerLab: 1 },
  seconds: 1,
  omitSeconds: 0,
  turns: (_, isLast) => (isLast ? [{ exercise: "tcp", sides: ["mode", "again", "plain"] }] : []),
};

function isPlain(form: PathClass["form"]): boolean {
  return form === "plain" || form === "none";
}
