import type { Wire } from "./vlan-tag.ts";

/** Packets of one kind that a mode forbids between nodes. */
export interface Offence {
  /** In words: "plain packets from a1 to b1, where VXLAN is due". */
  readonly what: string;
  readonly packets: number;
  /** Seconds since the epoch of the first and of the last of them. */
  readonly first: number;
  readonly last: number;
  /** The first of them, a line for each header. */
  readonly lines: readonly string[];
  /** Capture file (base name) and number of the first. */
  readonly file: string;
  readonly number: number;
}

/** What was seen at one tap between nodes over the whole of a run. */
export interface TapReport {
  readonly tap: Wire;
  /** Packets that were looked at one by one; the kernel passed over what was as it must be. */
  readonly packets: number;
  readonly offences: readonly Offence[];
  /** Frames that bear another's MAC than those of the last and the next hop, by kind; missing where no MAC was known. */
  readonly misaddressed?: readonly Offence[];
  /** What was not asked about MACs here, and why. */
  readonly unasked?: string;
  /** Reasons for which silence here proves nothing. */
  readonly doubts: readonly string[];
}
