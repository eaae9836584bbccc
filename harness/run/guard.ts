import { join } from "node:path";
import type { Scope } from "../core/scope.ts";
import type { Network } from "../dataplane/dataplane.ts";
import { deafFilter } from "../fault/fault.ts";
import { startSentinel, type Sentinel } from "../sentinel/sentinel.ts";
import type { Offence, TapReport } from "../sentinel/tap-report.ts";
import { isSameTap } from "../encap/taps.ts";

/** Pods, two by two, between which plain packets are sent on purpose. */
export type Twins = readonly (readonly [string, string])[];

/** The sentinel of one scenario: one capture after the other, for each stage has packets of its own that are as they must be. */
export class Guard {
  readonly #network: Network;
  readonly #folder: string;
  readonly #deaf: readonly string[];
  readonly #scope: Scope;
  #now: Sentinel | undefined;
  #stage = 0;
  #heard: readonly TapReport[] = [];

  /** `folder` is for captures of what was astray; `deaf` nodes must see nothing. */
  constructor(network: Network, folder: string, deaf: readonly string[], scope: Scope) {
    this.#network = network;
    this.#folder = folder;
    this.#deaf = deaf;
    this.#scope = scope;
  }

  /** Whether anybody listens. */
  get watching(): boolean {
    return this.#now !== undefined;
  }

  /** Begins the next stage, and ends the one before only then: nothing passes between the two. */
  async next(exempt: Twins = []): Promise<void> {
    const before = this.#now;
    this.#stage += 1;
    const options = {
      folder: join(this.#folder, `sentinel-${this.#stage}`),
      deaf: { nodes: this.#deaf, filter: deafFilter },
      exempt,
    };
    this.#now = await startSentinel(this.#network, options, this.#scope);
    await this.#take(before);
  }

  /** Ends the last stage; what was seen in all of them, tap by tap. */
  async end(): Promise<readonly TapReport[]> {
    const last = this.#now;
    this.#now = undefined;
    await this.#take(last);
    return this.#heard;
  }

  /** What was seen in the stages that have ended. */
  get heard(): readonly TapReport[] {
    return this.#heard;
  }

  async #take(sentinel: Sentinel | undefined): Promise<void> {
    if (sentinel !== undefined) this.#heard = mergeReports(this.#heard, await sentinel.stop());
  }
}

/** Puts together what the same taps saw one time after another. Pure. */
export function mergeReports(earlier: readonly TapReport[], later: readonly TapReport[]): readonly TapReport[] {
  const merged = later.map((report) => {
    const before = earlier.find(({ tap }) => isSameTap(tap, report.tap));
    return before === undefined ? report : mergeTwo(before, report);
  });
  const gone = earlier.filter(({ tap }) => !later.some((report) => isSameTap(report.tap, tap)));
  return [...merged, ...gone];
}

function mergeTwo(a: TapReport, b: TapReport): TapReport {
  const unasked = b.unasked ?? a.unasked;
  const misaddressed =
    a.misaddressed === undefined && b.misaddressed === undefined
      ? undefined
      : joined(a.misaddressed ?? [], b.misaddressed ?? []);
  return {
    tap: a.tap,
    packets: a.packets + b.packets,
    offences: joined(a.offences, b.offences),
    ...(misaddressed === undefined ? {} : { misaddressed }),
    ...(unasked === undefined ? {} : { unasked }),
    doubts: [...new Set([...a.doubts, ...b.doubts])],
  };
}

function joined(earlier: readonly Offence[], later: readonly Offence[]): readonly Offence[] {
  const offences = [...earlier];
  for (const offence of later) {
    const known = offences.findIndex(({ what }) => what === offence.what);
    const before = offences[known];
    if (before === undefined) offences.push(offence);
    else offences[known] = together(before, offence);
  }
  return offences;
}

function together(first: Offence, later: Offence): Offence {
  return { ...first, packets: first.packets + later.packets, last: later.last };
}
