import type { Mode } from "../encap/mode.ts";

/** What a capture is judged by. */
export interface CaptureExpectation {
  /** Any of them is right: CrossSubnet without an encapsulation stands for two. */
  readonly modes: readonly Mode[];
  /** Networks of the nodes' own addresses. */
  readonly subnets: readonly string[];
  /** The VNI that VXLAN must have; missing where Calico's default is right, or another one that is the only one. */
  readonly vni?: number;
  /** Whose pods are whose, where the capture alone cannot tell. */
  readonly blocks: readonly { readonly block: string; readonly node: string }[];
}
