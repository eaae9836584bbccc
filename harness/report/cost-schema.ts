import { z } from "zod";
import { forms } from "../encap/expectation.ts";
import { localities } from "../encap/path.ts";
import { metrics } from "../measure/metric.ts";
import { modeIdSchema } from "./expectation-schema.ts";

const interval = z.tuple([z.number(), z.number()]).readonly();
const count = z.int().nonnegative();

const pairSchema = z
  .strictObject({ mode: z.number(), baseline: z.number(), lab: count, busy: z.literal(true).exactOptional() })
  .readonly();

/** A Cost inside run.json. */
export const costSchema = z
  .strictObject({
    id: z.string(),
    mode: modeIdSchema,
    variant: z.string().exactOptional(),
    locality: z.enum(localities),
    family: z.union([z.literal(4), z.literal(6)]),
    form: z.enum([...forms, "none"]),
    metric: z.enum(metrics.map(({ name }) => name)),
    baseline: z.enum(["plain", "host", "self"]),
    better: z.enum(["higher", "lower"]),
    unit: z.string(),
    ratio: z.number(),
    interval: interval.exactOptional(),
    median: z.number(),
    range: interval,
    p: z.number(),
    pairs: z.array(pairSchema).readonly(),
    labs: count,
    floor: z.number().exactOptional(),
    visible: z.number().exactOptional(),
    finding: z.enum(["cost", "gain", "none", "indicative"]),
    byBytes: z.number().exactOptional(),
  })
  .readonly();
