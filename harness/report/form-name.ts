import type { PathExpectation } from "../encap/expectation.ts";

/** How a path must look on the wires between nodes, in one word: what tables and grids show. */
export type FormName = "local" | "plain" | "VXLAN" | "IPIP" | "WireGuard" | "dies" | "-";

/** The form of a path's forward direction; "-" where the path cannot be asked. */
export function formName(expectation: PathExpectation): FormName {
  if (expectation.skip !== undefined) return "-";
  if (expectation.forward.dies !== undefined || expectation.reverse?.dies !== undefined) return "dies";
  return underlayName(expectation.forward.underlay);
}

/** The word for a form between nodes: "local" where packets never leave the node. */
export function underlayName(form: PathExpectation["forward"]["underlay"]): FormName {
  return names[form];
}

const names = { none: "local", plain: "plain", vxlan: "VXLAN", ipip: "IPIP", wireguard: "WireGuard" } as const;
