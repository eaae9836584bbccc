import type { RouteFact, RuleFact } from "../dataplane/node-facts.ts";
import type { ExpectedRoute } from "../encap/control-plane.ts";

/** What is wrong with a node's kernel state; each kind is told in the same words everywhere. */
type TroubleKind =
  | "missing route"
  | "wrong route"
  | "stray route"
  | "wrong way"
  | "local"
  | "no gateway"
  | "rule"
  | "encryption"
  | "device"
  | "link"
  | "FDB"
  | "neighbor"
  | "next hop"
  | "address"
  | "MAC"
  | "registration"
  | "setting"
  | "translation";

/** One difference between what a node's kernel must hold and what it holds. */
export interface Trouble {
  readonly kind: TroubleKind;
  /** Without the node's name: "no route 198.19.0.64/26 …". */
  readonly text: string;
  /** The node that it is about, where that is another one. */
  readonly peer?: string;
  readonly route?: RouteFact;
  readonly expected?: ExpectedRoute;
  readonly rule?: RuleFact;
  /** Name of the setting, or of what of a device is wrong: "udpcsum". */
  readonly what?: string;
}
