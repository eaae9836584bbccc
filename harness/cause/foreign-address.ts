import { ofTroubles } from "./of-troubles.ts";

/** A node has an address that is another's: who answers for it is a matter of chance. */
export const foreignAddress = ofTroubles({
  name: "foreign-address",
  issues: ["aws/eks-anywhere#940", "rancher/rancher#38999", "#1866"],
  fix: "remove the address from the node that it does not belong to",
  chosen: ({ kind, peer }) => kind === "address" && peer !== undefined,
  concerns: "both nodes",
  sentence: (node, [first]) => `${node}/${first?.text ?? ""}`,
});
