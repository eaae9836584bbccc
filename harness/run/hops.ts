import type { ExpectedDirection, ObservedForm, PathExpectation } from "../encap/expectation.ts";
import type { Direction, ProbeObservation, TapSighting } from "../observe/observation.ts";
import type { HopRecord } from "./record.ts";

/** What was expected and seen at every hop of a path, in both directions, for tables and drawings. */
export function hopRecords(
  expectation: PathExpectation,
  observations: readonly ProbeObservation[],
): readonly HopRecord[] {
  const sightings = observations.flatMap((observation) => observation.sightings);
  const forward = hopsOf("forward", expectation.forward, sightings);
  const reverse = expectation.reverse === undefined ? [] : hopsOf("reverse", expectation.reverse, sightings);
  return [...forward, ...reverse, ...unexpected(expectation, sightings)];
}

function hopsOf(
  direction: Direction,
  expected: ExpectedDirection,
  sightings: readonly TapSighting[],
): readonly HopRecord[] {
  return expected.hops.map(({ tap, role, form }) => {
    const heard = sightings.filter((sighting) => sighting.direction === direction && sameTap(sighting.tap, tap));
    const forms = countForms(heard);
    return {
      direction,
      node: tap.node,
      device: tap.device,
      role,
      expected: form,
      observed: describe(forms),
      packets: total(forms),
      ok: forms.size === 1 && forms.has(form),
    };
  });
}

function unexpected(expectation: PathExpectation, sightings: readonly TapSighting[]): readonly HopRecord[] {
  return (["forward", "reverse"] as const).flatMap((direction) =>
    expectation.silent.flatMap((tap) => {
      const heard = sightings.filter((sighting) => sighting.direction === direction && sameTap(sighting.tap, tap));
      const forms = countForms(heard);
      if (total(forms) === 0) return [];
      const { node, device } = tap;
      const observed = describe(forms);
      return [
        { direction, node, device, role: "silent", expected: "nothing", observed, packets: total(forms), ok: false },
      ];
    }),
  );
}

function countForms(sightings: readonly TapSighting[]): ReadonlyMap<ObservedForm, number> {
  const counts = new Map<ObservedForm, number>();
  for (const { form, packets } of sightings.flatMap((sighting) => sighting.variants)) {
    counts.set(form, (counts.get(form) ?? 0) + packets);
  }
  return counts;
}

function describe(forms: ReadonlyMap<ObservedForm, number>): string {
  if (forms.size === 0) return "nothing";
  return [...forms].map(([form, packets]) => `${form} ×${packets}`).join(", ");
}

function total(forms: ReadonlyMap<ObservedForm, number>): number {
  return [...forms.values()].reduce((sum, packets) => sum + packets, 0);
}

function sameTap(a: { node: string; device: string }, b: { node: string; device: string }): boolean {
  return a.node === b.node && a.device === b.device;
}
