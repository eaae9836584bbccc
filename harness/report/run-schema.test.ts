import assert from "node:assert/strict";
import Ajv2020 from "ajv/dist/2020.js";
import type { z } from "zod";
import { UsageError } from "../core/errors.ts";
import type { RunRecord } from "../run/record.ts";
import { parseRun, runJsonSchema, type runRecordSchema } from "./run-schema.ts";
import { brokenRun, failingRun, passingRun } from "./sample-records.fixture.ts";

/**
 * Compiles only while schema and record type are the same, optional and readonly fields included. Written out, not
 * through an alias: TypeScript would compare an alias by variance, and an optional field more would go unnoticed.
 */
/* eslint-disable @typescript-eslint/no-unnecessary-type-parameters -- the deferred T is the whole point */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/* eslint-enable @typescript-eslint/no-unnecessary-type-parameters */
const schemaMatchesRecord: Same<Flat<z.infer<typeof runRecordSchema>>, Flat<RunRecord>> = true;
const oneMoreOptionalField: Same<Flat<RunRecord & { readonly more?: string }>, Flat<RunRecord>> = false;

/** Interfaces and type literals as plain mapped types, so that only their members are compared. */
type Flat<T> = T extends readonly (infer Item)[]
  ? readonly Flat<Item>[]
  : T extends object
    ? { [Key in keyof T]: Flat<T[Key]> }
    : T;

describe("run schema", () => {
  const samples = { passing: passingRun(), failing: failingRun(), broken: brokenRun() };

  it("is the type of run/record.ts", () => {
    assert.equal(schemaMatchesRecord, true);
    assert.equal(oneMoreOptionalField, false);
  });

  for (const [name, sample] of Object.entries(samples)) {
    it(`accepts the ${name} sample, also after a trip through JSON`, () => {
      const json: unknown = JSON.parse(JSON.stringify(sample));
      assert.deepEqual(parseRun(json), sample);
    });
  }

  it("is published as a JSON Schema that an independent validator agrees with", () => {
    const validate = new Ajv2020.default({ strict: false, validateFormats: false }).compile(runJsonSchema());
    for (const sample of Object.values(samples)) {
      assert.equal(validate(sample), true, JSON.stringify(validate.errors));
    }
    assert.equal(validate({ ...samples.passing, exitCode: 7 }), false);
    assert.equal(validate({ ...samples.passing, surprise: 1 }), false);
  });

  const mutations: Record<string, (run: RunRecord) => unknown> = {
    "a missing summary": (run) => ({ ...run, summary: undefined }),
    "an unknown status": (run) => ({ ...run, verdicts: [{ ...run.verdicts[0], status: "ok" }] }),
    "an unknown key": (run) => ({ ...run, color: "red" }),
    "an exit code of 7": (run) => ({ ...run, exitCode: 7 }),
    "a negative count": (run) => ({ ...run, summary: { ...run.summary, pass: -1 } }),
    "a start that is no time": (run) => ({ ...run, startedAt: "yesterday" }),
    "a sample that is text": (run) => ({ ...run, measurements: [{ ...run.measurements[0], samples: ["1"] }] }),
    "no path id": (run) => ({ ...run, verdicts: [{ ...run.verdicts[0], id: "" }] }),
  };
  for (const [name, mutate] of Object.entries(mutations)) {
    it(`rejects ${name}`, () => {
      assert.throws(() => parseRun(mutate(passingRun())), UsageError);
    });
  }

  it("names the other version when a run was written by one", () => {
    assert.throws(() => parseRun({ ...passingRun(), schema: "encaplab/run/9" }), /encaplab\/run\/9.*encaplab\/run\/1/);
  });

  it("tells the place of what is wrong", () => {
    const broken = { ...passingRun(), environment: { ...passingRun().environment, cpus: "two" } };
    assert.throws(
      () => parseRun(broken),
      (error: unknown) => error instanceof UsageError && (error.details.tail ?? "").includes("environment.cpus"),
    );
  });
});
