import { ofTroubles } from "./of-troubles.ts";

/** Table local, which comes before all routes, takes for a node what is for others, or lacks an address of the node's own. */
export const localTable = ofTroubles({
  name: "local-table",
  issues: [],
  fix: "put table local right (ip route show table local): delete what the kernel has not made there (ip route del … table local); an address that is missing there comes back with ip addr del and ip addr add",
  chosen: ({ kind }) => kind === "local",
  sentence: (node, [first]) => `${node}: ${first?.text ?? ""}`,
});
