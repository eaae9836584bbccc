import { z } from "zod";
import { UsageError } from "../core/errors.ts";
import { measurementKinds, type RunRecord, runSchema } from "../run/record.ts";
import { expectationSchema, modeIdSchema } from "./expectation-schema.ts";
import { costSchema } from "./cost-schema.ts";
import { switchSchema } from "./switch-schema.ts";
import { verdictSchema } from "./verdict-schema.ts";

/** Checks that a value is a RunRecord of this version; throws a UsageError that lists the first problems with their places. */
export function parseRun(json: unknown, where = "run.json"): RunRecord {
  const version = schemaOf(json);
  if (version !== runSchema) {
    throw new UsageError(`not a run of this version: schema is ${version ?? "missing"}, expected ${runSchema}`, {
      where,
      fix: "repeat the run, or read it with the version that wrote it",
    });
  }
  const result = runRecordSchema.safeParse(json);
  if (result.success) return result.data;
  const { issues } = result.error;
  const shown = issues.slice(0, shownIssues).map((issue) => `${issue.path.join(".") || "(top)"}: ${issue.message}`);
  const more = issues.length > shownIssues ? [`and ${issues.length - shownIssues} more`] : [];
  throw new UsageError(`not a valid run record: ${issues.length} problem${issues.length === 1 ? "" : "s"}`, {
    where,
    tail: [...shown, ...more].join("\n"),
    fix: "repeat the run: the file was changed or damaged",
  });
}

/** JSON Schema (draft 2020-12) of run.json, for `lab schema` and for other programs. */
export function runJsonSchema(): Record<string, unknown> {
  return { title: "encaplab run.json", ...z.toJSONSchema(runRecordSchema) };
}

/** Problems listed in one error; more would bury the first. */
const shownIssues = 5;

const text = z.string();
const count = z.int().nonnegative();
const duration = z.number().nonnegative();
const texts = z.array(text).readonly();
const textMap = z.record(text, text).readonly();

const hopSchema = z
  .strictObject({
    direction: z.enum(["forward", "reverse"]),
    node: text,
    device: text,
    role: text,
    expected: text,
    observed: text,
    packets: count,
    ok: z.boolean(),
  })
  .readonly();

const pathRecordSchema = z
  .strictObject({
    expectation: expectationSchema,
    heard: z.strictObject({ from: z.number(), until: z.number() }).readonly().exactOptional(),
    hops: z.array(hopSchema).readonly(),
    commands: texts,
    evidence: z.array(z.strictObject({ title: text, lines: texts }).readonly()).readonly(),
    pcaps: texts,
    sizes: z
      .array(
        z
          .strictObject({ bytes: count, outcome: z.enum(["passed", "refused", "lost"]), where: text.exactOptional() })
          .readonly(),
      )
      .readonly()
      .exactOptional(),
  })
  .readonly();

const causeSchema = z
  .strictObject({ name: text, sentence: text, fix: text, issues: texts, evidence: texts, explains: texts })
  .readonly();

const ofAll = { of: count };
const numbers = z.array(count).readonly();

const coverageSchema = z
  .strictObject({
    seed: count.exactOptional(),
    paths: z.strictObject({ asked: count, ...ofAll }).readonly(),
    pods: z.strictObject({ sent: count, received: count, ...ofAll }).readonly(),
    pairs: z.strictObject({ judged: count, watched: count, ...ofAll }).readonly(),
    ports: z.strictObject({ tcp: numbers, udp: numbers }).readonly(),
    notAsked: texts,
  })
  .readonly();

const scenarioSchema = z
  .strictObject({
    mode: modeIdSchema,
    variant: text.exactOptional(),
    provider: text,
    dataplane: text,
    because: text,
    kernel: text.exactOptional(),
    versions: z.record(text, text).readonly().exactOptional(),
    tested: z
      .array(z.strictObject({ name: text, sha256: z.string().regex(/^[0-9a-f]{64}$/) }).readonly())
      .readonly()
      .exactOptional(),
    notes: texts.exactOptional(),
    skip: text.exactOptional(),
    phases: z
      .array(z.strictObject({ phase: text, startedAt: z.iso.datetime().exactOptional(), ms: duration }).readonly())
      .readonly(),
    capture: z.strictObject({ packets: count, droppedByKernel: count, taps: count }).readonly().exactOptional(),
    paths: z.array(pathRecordSchema).readonly(),
    causes: z.array(causeSchema).readonly().exactOptional(),
    coverage: coverageSchema.exactOptional(),
  })
  .readonly();

const testSchema = z
  .strictObject({
    id: text,
    variant: text.exactOptional(),
    file: text,
    titles: texts,
    startedAt: z.iso.datetime(),
    durationMs: duration,
    lab: z
      .strictObject({
        topology: text,
        mode: modeIdSchema,
        provider: text,
        dataplane: text,
        because: text,
        seconds: duration,
      })
      .readonly()
      .exactOptional(),
    commands: texts,
    proofs: z
      .array(
        z
          .strictObject({
            mode: modeIdSchema,
            verdicts: z.array(verdictSchema).readonly(),
            paths: z.array(pathRecordSchema).readonly(),
            causes: z.array(causeSchema).readonly().exactOptional(),
          })
          .readonly(),
      )
      .readonly(),
  })
  .readonly();

const measurementSchema = z
  .strictObject({
    id: text,
    what: z.enum(measurementKinds),
    mode: modeIdSchema.exactOptional(),
    variant: text.exactOptional(),
    unit: text,
    samples: z.array(z.number()).readonly(),
    median: z.number(),
    min: z.number(),
    max: z.number(),
    quantiles: z
      .array(z.strictObject({ share: z.number(), value: z.number() }).readonly())
      .readonly()
      .exactOptional(),
    indicative: z.boolean(),
    conditions: textMap,
  })
  .readonly();

const environmentSchema = z
  .strictObject({
    version: text,
    kernel: text,
    cpus: count,
    memoryMiB: duration,
    os: text,
    node: text,
    tools: textMap,
  })
  .readonly();

const troubleSchema = z.strictObject({ phase: text, message: text, category: z.literal("lab trouble") }).readonly();

/** The record as zod sees it; kept in step with run/record.ts by the type test beside this file. */
export const runRecordSchema = z
  .strictObject({
    schema: z.literal(runSchema),
    id: text.min(1),
    startedAt: z.iso.datetime(),
    durationMs: duration,
    command: text,
    again: texts.exactOptional(),
    mode: z.array(modeIdSchema).readonly(),
    provider: text,
    dataplane: text,
    topology: text,
    topologyFile: text.exactOptional(),
    planDigest: text,
    environment: environmentSchema,
    scenarios: z.array(scenarioSchema).readonly(),
    verdicts: z.array(verdictSchema).readonly(),
    measurements: z.array(measurementSchema).readonly(),
    tests: z.array(testSchema).readonly().exactOptional(),
    costs: z.array(costSchema).readonly().exactOptional(),
    switches: z.array(switchSchema).readonly().exactOptional(),
    troubles: z.array(troubleSchema).readonly(),
    summary: z.strictObject({ pass: count, fail: count, inconclusive: count, skip: count }).readonly(),
    exitCode: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3), z.literal(130)]),
  })
  .readonly();

function schemaOf(json: unknown): string | undefined {
  if (typeof json !== "object" || json === null || !("schema" in json)) return undefined;
  return typeof json.schema === "string" ? json.schema : undefined;
}
