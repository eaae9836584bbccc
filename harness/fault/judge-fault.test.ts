import assert from "node:assert/strict";
import type { Cause } from "../cause/cause.ts";
import { checks } from "../verify/registry.ts";
import type { Verdict } from "../verify/verdict.ts";
import type { Fault, Trip } from "./fault.ts";
import { judgeFault, noCause, type FaultyRun } from "./judge-fault.ts";
import { faults } from "./registry.ts";

/** An id that a trip's glob matches. */
function idFor({ path }: Trip): string {
  return path.replaceAll("*", "x");
}

/** What a run says in which a fault does what it declares, and nothing else. */
function perfect({ trips, cause = noCause }: Fault): FaultyRun {
  const verdicts = trips.map((trip): Verdict => {
    const { check, status, category } = trip;
    const base = { id: idFor(trip), check, status, expected: "", observed: "", evidence: [] };
    return category === undefined ? base : { ...base, category };
  });
  const explains = verdicts.map(({ id }) => id);
  const told: Cause = { name: cause, sentence: "", fix: "", issues: [], evidence: [], explains };
  return { verdicts, causes: cause === noCause ? [] : [told] };
}

/** The same with one check that finds nothing wrong any more, whatever is: a stub of it. */
function stubbed(run: FaultyRun, check: string): FaultyRun {
  return {
    ...run,
    verdicts: run.verdicts.map((one) => {
      if (one.check !== check) return one;
      return { ...one, status: "pass" };
    }),
  };
}

describe("the judge of faults", () => {
  it("finds nothing wrong with runs in which every fault does what it declares", () => {
    for (const fault of faults) assert.deepEqual(judgeFault(fault, perfect(fault)), [], fault.name);
  });

  for (const { name: check } of checks) {
    it(`misses ${check} where it is stubbed, in every fault that it must turn red`, () => {
      const proving = faults.filter(({ trips }) => trips.some((trip) => trip.check === check));
      assert.ok(proving.some(({ trips }) => trips.some((trip) => trip.check === check && trip.status === "fail")));
      for (const fault of proving) {
        const [line = ""] = judgeFault(fault, stubbed(perfect(fault), check));
        assert.match(line, new RegExp(`^expected ${check} to be (fail|inconclusive) on `), fault.name);
      }
    });
  }

  const [fault] = faults;
  const verdict = { expected: "", observed: "", evidence: [], status: "fail" } as const;

  it("objects to a red check that the fault does not name", () => {
    assert.ok(fault);
    const run = perfect(fault);
    const other = { ...verdict, id: run.verdicts[0]?.id ?? "", check: "bgp", reason: "no session" };
    assert.deepEqual(judgeFault(fault, { ...run, verdicts: [...run.verdicts, other] }), [
      `bgp is red too, on ${other.id}: no session`,
    ]);
  });

  it("objects to a cause that is missing, is another, or leaves red verdicts unexplained", () => {
    assert.ok(fault);
    const run = perfect(fault);
    const [cause] = run.causes;
    assert.ok(cause);
    assert.match(judgeFault(fault, { ...run, causes: [] })[0] ?? "", /^expected the cause .* told none$/);
    const wrong = { ...cause, name: "common-ground" };
    assert.match(judgeFault(fault, { ...run, causes: [cause, wrong] })[0] ?? "", /told .*, common-ground$/);
    const blind = { ...cause, explains: [] };
    assert.match(judgeFault(fault, { ...run, causes: [blind] })[0] ?? "", /red verdicts are explained by no cause/);
  });
});
