import { ofTroubles } from "./of-troubles.ts";

/** Two machines of a segment send from one MAC: switches forget one of them again and again. */
export const sameMac = ofTroubles({
  name: "same-mac",
  issues: ["#9693", "rancher/rancher#38999"],
  fix: "give each machine its own MAC (cloned machines: also a new machine-id)",
  // Each of two nodes has the trouble, of a node and a router the node alone; it is told once.
  chosen: ({ kind, peer }, { expected: { node } }) => kind === "MAC" && (peer === undefined || node < peer),
  concerns: "both nodes",
  sentence: (_node, [first]) => first?.text ?? "",
});
