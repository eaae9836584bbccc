import type { ObservedForm } from "../encap/expectation.ts";
import type { Mode } from "../encap/mode.ts";
import { summarize } from "../stats/summarize.ts";
import type { PathCase } from "../verify/verdict.ts";
import type { Measurement } from "./record.ts";

/**
 * Bytes that the mode added, one sample per kind of header seen at an uplink or router: outer minus inner IP total length
 * of the same packet (never of a GSO frame beside its parts, nor of a fragment), grouped by form and family.
 */
export function overheadMeasurements(mode: Mode, cases: readonly PathCase[]): readonly Measurement[] {
  const samples = new Map<string, { form: ObservedForm; family: 4 | 6; bytes: number[] }>();
  for (const { expectation, observations } of cases) {
    const taps = underlayTaps(expectation);
    const variants = observations
      .flatMap((observation) => observation.sightings)
      .filter(({ tap }) => taps.has(`${tap.node}/${tap.device}`))
      .flatMap((sighting) => sighting.variants)
      // A part's length says nothing of the whole packet's.
      .filter(({ fragment }) => fragment !== true);
    for (const { form, overhead } of variants) {
      const key = `${form}/v${expectation.path.family}`;
      const group = samples.get(key) ?? { form, family: expectation.path.family, bytes: [] };
      group.bytes.push(overhead);
      samples.set(key, group);
    }
  }
  return [...samples].map(([key, { form, family, bytes }]) => {
    const { median, min, max } = summarize(bytes);
    return {
      id: `${mode.id}/overhead/${key}`,
      what: "overhead",
      mode: mode.id,
      unit: "B",
      samples: bytes,
      median,
      min,
      max,
      indicative: false,
      conditions: { form, family: `v${family}`, method: "outer minus inner IP total length of the same packet" },
    };
  });
}

function underlayTaps({ forward, reverse }: PathCase["expectation"]): ReadonlySet<string> {
  const hops = [...forward.hops, ...(reverse?.hops ?? [])];
  const underlay = hops.filter(({ role }) => role !== "source-pod" && role !== "target-pod");
  return new Set(underlay.map(({ tap }) => `${tap.node}/${tap.device}`));
}
