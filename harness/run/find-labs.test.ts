import assert from "node:assert/strict";
import { UsageError } from "../core/errors.ts";
import type { LabRef } from "../lab/lab.ts";
import { fakeProvider } from "../provider/fake/index.ts";
import { findKeptLab, labsNamed } from "./find-labs.ts";

const provider = fakeProvider();
const refOf = (runId: string, state: LabRef["state"] = "kept"): LabRef => ({
  runId,
  provider: "fake",
  parts: [],
  state,
  ...(state === "kept" ? { label: { topology: "two-racks", digest: "", families: [4], kept: true } } : {}),
});
const found = (...refs: readonly LabRef[]) => refs.map((ref) => ({ provider, ref }));

describe("labs by name", () => {
  const labs = found(refOf("7f3kq", "running"), refOf("7f3kq2", "running"), refOf("7f3kr"));
  const named = (word: string): readonly string[] => labsNamed(labs, word).map(({ ref }) => ref.runId);

  it("are all those of a run, or one of them", () => {
    assert.deepEqual(named("7f3kq"), ["7f3kq", "7f3kq2"]);
    assert.deepEqual(named("7f3kq2"), ["7f3kq2"]);
    assert.deepEqual(named("7f3kr"), ["7f3kr"]);
  });

  it("are those of a run whose first lab is gone", () => {
    assert.deepEqual(labsNamed(found(refOf("7f3kq2", "stale")), "7f3kq").length, 1);
  });

  it("are refused by a name that there is none of, with the nearest there is", () => {
    assert.throws(
      () => named("7f3kx2"),
      (error: Error) => {
        assert.ok(error instanceof UsageError);
        assert.equal(error.message, 'no lab "7f3kx2" (did you mean 7f3kq2?); available: 7f3kq, 7f3kq2, 7f3kr');
        return true;
      },
    );
    assert.throws(() => labsNamed([], "nosuch"), /^UsageError: no lab "nosuch"; available: none$/);
  });

  const kept = (word: string | undefined, ...refs: readonly LabRef[]) =>
    findKeptLab([{ ...provider, discover: () => Promise.resolve(refs) }], word);

  it("to look at are those that stay; of others is told what they are", async () => {
    const refs = [refOf("7f3kq", "running"), refOf("7f3ks", "stale"), refOf("7f3kr")];
    assert.equal((await kept("7f3kr", ...refs)).ref.runId, "7f3kr");
    assert.equal((await kept(undefined, ...refs)).ref.runId, "7f3kr");
    await assert.rejects(kept("7f3kq", ...refs), /lab 7f3kq is that of a run which is under way/);
    await assert.rejects(kept("7f3ks", ...refs), /lab 7f3ks is what a killed run left/);
    await assert.rejects(kept("7f3rk", ...refs), /no lab "7f3rk" is up \(did you mean 7f3kr\?\); available: 7f3kr/);
    await assert.rejects(kept(undefined), /^UsageError: no lab is up$/);
  });
});
