import { ofTroubles } from "./of-troubles.ts";

/** Two nodes of a segment send from one MAC: switches forget one of them again and again. */
export const sameMac = ofTroubles({
  name: "same-mac",
  issues: ["#9693", "rancher/rancher#38999"],
  fix: "give each machine its own MAC (cloned machines: also a new machine-id)",
  // Each of the two nodes has the trouble; it is told once.
  chosen: ({ kind, peer = "" }, { expected: { node } }) => kind === "MAC" && node < peer,
  concerns: "both nodes",
  sentence: (_node, [first]) => first?.text ?? "",
});
