import { z } from "zod";
import { checks } from "../verify/registry.ts";
import { categories, statuses } from "../verify/verdict.ts";

const text = z.string();

/** A check of the registry, or one that a suite brought along. */
const checkSchema = z.union([z.enum(checks.map(({ name }) => name)), z.string().regex(/^[a-z][a-z0-9-]*$/)]);

/** A Verdict inside run.json. */
export const verdictSchema = z
  .strictObject({
    id: text.min(1),
    variant: text.exactOptional(),
    check: checkSchema,
    status: z.enum(statuses),
    expected: text,
    observed: text,
    reason: text.exactOptional(),
    category: z.enum(categories).exactOptional(),
    evidence: z.array(text).readonly(),
  })
  .readonly();
