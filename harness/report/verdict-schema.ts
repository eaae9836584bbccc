import { z } from "zod";

const text = z.string();

/** A Verdict inside run.json. */
export const verdictSchema = z
  .strictObject({
    id: text.min(1),
    variant: text.exactOptional(),
    check: z.enum([
      "reached",
      "encapsulated",
      "not-encapsulated",
      "no-leak",
      "outer-endpoints",
      "source-address",
      "symmetry",
      "conservation",
      "mtu",
      "delay",
      "control-plane",
      "bgp",
    ]),
    status: z.enum(["pass", "fail", "inconclusive", "skip"]),
    expected: text,
    observed: text,
    reason: text.exactOptional(),
    category: z
      .enum([
        "leak",
        "needless encapsulation",
        "asymmetric",
        "wrong outer address",
        "wrong source address",
        "not reached",
        "lost on the way",
        "wrong MTU",
        "control plane",
        "inconclusive",
        "lab trouble",
      ])
      .exactOptional(),
    evidence: z.array(text).readonly(),
  })
  .readonly();
