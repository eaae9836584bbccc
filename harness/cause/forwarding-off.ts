import { ofTroubles } from "./of-troubles.ts";

/** The kernel is told not to pass packets on, or not to answer for others. */
export const forwardingOff = ofTroubles({
  name: "forwarding-off",
  issues: ["#2230"],
  fix: "set it to 1 (sysctl -w), and see who set it to 0: Felix sets it only when it starts",
  chosen: ({ kind }) => kind === "setting",
  sentence: (node, [first]) => `${node}: ${first?.text ?? ""}`,
});
