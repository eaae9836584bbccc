import { z } from "zod";

/** The shape of a Service with several backends in a topology file. */
export const sharedServiceSchema = z
  .strictObject({
    backends: z
      .array(z.string())
      .min(2)
      .max(8)
      .describe(
        "Nodes that its backends are on, two to eight: a node that is named twice has two of them, its first two pods; every connection goes to one of them, with equal chances",
      ),
  })
  .describe("A Service with several backends");
