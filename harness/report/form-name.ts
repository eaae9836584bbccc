import type { PathExpectation } from "../encap/expectation.ts";

/** How a path must look on the wires between nodes, in one word: what tables and grids show. */
export type FormName = "local" | "plain" | "VXLAN" | "IPIP" | "dies" | "-";

/** The form of a path's forward direction; "-" where the path cannot be asked. */
export function formName(expectation: PathExpectation): FormName {
  if (expectation.skip !== undefined) return "-";
  if (expectation.forward.dies !== undefined || expectation.reverse?.dies !== undefined) return "dies";
  return names[expectation.forward.underlay];
}

const names = { none: "local", plain: "plain", vxlan: "VXLAN", ipip: "IPIP" } as const;
