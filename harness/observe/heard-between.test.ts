import assert from "node:assert/strict";
import { heardBetween } from "./heard-between.ts";
import type { ProbeObservation } from "./observation.ts";

/** What matters of a sighting here: when its first packets and its flows' last ones were seen. */
function heardAt(firsts: readonly number[], lasts: readonly number[]): ProbeObservation {
  const variants = firsts.map((time) => ({ firstPacket: { time } }));
  const flows = lasts.map((lastAt) => ({ lastAt }));
  return { sightings: [{ variants, flows }] } as unknown as ProbeObservation;
}

describe("heardBetween", () => {
  it("reaches from the first packet of any probe to the last of any", () => {
    assert.deepEqual(heardBetween([heardAt([5, 4], [9]), heardAt([3], [7])]), { from: 3, until: 9 });
    assert.deepEqual(heardBetween([heardAt([5], [])]), { from: 5, until: 5 });
  });

  it("knows no time where nothing was seen", () => {
    assert.equal(heardBetween([heardAt([], [])]), undefined);
  });
});
