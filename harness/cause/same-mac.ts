import { ofTroubles } from "./of-troubles.ts";

/** Two nodes of a segment send from one MAC: switches forget one of them again and again. */
export const sameMac = ofTroubles({
  name: "same-mac",
  issues: ["#9693", "rancher/rancher#38999"],
  fix: "give each machine its own MAC (cloned machines: also a new machine-id)",
  chosen: ({ kind }) => kind === "MAC",
  sentence: (_node, [first]) => first?.text ?? "",
});
