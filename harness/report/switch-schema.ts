import { z } from "zod";
import { forms } from "../encap/expectation.ts";
import { switchEventNames } from "../switch/switch-event.ts";
import { modeIdSchema } from "./expectation-schema.ts";

const text = z.string();
const texts = z.array(text).readonly();
const count = z.int().nonnegative();
const ms = z.number();
const form = z.enum([...forms, "none"]);
const observed = z.enum([...forms, "other"]);
const yes = z.literal(true).exactOptional();

const stray = z.strictObject({ tap: text, form: observed, packets: count, fromMs: ms, toMs: ms }).readonly();

const direction = z
  .strictObject({
    direction: z.enum(["forward", "reverse"]),
    before: form,
    after: form,
    sent: count,
    lost: count,
    duplicated: count,
    reordered: count,
    gapMs: ms,
    gapAtMs: ms.exactOptional(),
    silent: yes,
    endsAtMs: ms.exactOptional(),
    beginsAtMs: ms.exactOptional(),
    lastOldMs: ms.exactOptional(),
    firstNewMs: ms.exactOptional(),
    staysOld: yes,
    leaks: z.array(stray).readonly(),
    detours: z.array(stray).readonly(),
    bands: z
      .array(
        z
          .strictObject({
            fromMs: ms,
            toMs: ms,
            forms: z.array(z.enum([...forms, "other", "none"])).readonly(),
          })
          .readonly(),
      )
      .readonly(),
    lostAt: z.array(z.strictObject({ fromMs: ms, toMs: ms, packets: count }).readonly()).readonly(),
  })
  .readonly();

const stream = z
  .strictObject({
    path: text,
    kind: z.enum(["ping", "udp", "tcp", "connections"]),
    directions: z.array(direction).readonly(),
    bothMs: ms.exactOptional(),
    tcp: z
      .strictObject({
        outcome: z.enum(["survived", "stalled", "died"]),
        because: text,
        bytes: count,
        retransmitted: count,
        timeouts: count,
        stallMs: ms,
        stallAtMs: ms.exactOptional(),
      })
      .readonly()
      .exactOptional(),
    connections: z
      .strictObject({ opened: count, answered: count, failed: count, slowestMs: ms })
      .readonly()
      .exactOptional(),
    errors: texts,
  })
  .readonly();

const node = z
  .strictObject({
    node: text,
    firstNewMs: ms.exactOptional(),
    lastOldMs: ms.exactOptional(),
    follows: z.boolean(),
    kernel: z.strictObject({ firstMs: ms, lastMs: ms, changes: count, texts }).readonly().exactOptional(),
  })
  .readonly();

const difference = z
  .strictObject({
    node: text,
    what: z.enum(["route", "rule", "device", "fdb", "neighbor"]),
    subject: text,
    a: text.exactOptional(),
    b: text.exactOptional(),
  })
  .readonly();

/** A change of mode under traffic inside run.json. */
export const switchSchema = z
  .strictObject({
    from: modeIdSchema,
    to: modeIdSchema,
    event: z.enum(switchEventNames).exactOptional(),
    happened: z.string().exactOptional(),
    variant: text.exactOptional(),
    startedAt: z.iso.datetime(),
    steps: z.array(z.strictObject({ step: text, atMs: ms }).readonly()).readonly(),
    convergedMs: ms.exactOptional(),
    trouble: text.exactOptional(),
    fromMs: ms,
    untilMs: ms,
    intervalMs: ms,
    streams: z.array(stream).readonly(),
    nodes: z.array(node).readonly(),
    podMtu: z.strictObject({ running: z.array(count).readonly(), fresh: count }).readonly(),
    leftBehind: z.array(difference).readonly().exactOptional(),
    notCompared: text.exactOptional(),
    capture: z
      .strictObject({
        ...{ packets: count, droppedByKernel: count, taps: count, doubts: texts },
        strays: texts.exactOptional(),
      })
      .readonly(),
  })
  .readonly();
