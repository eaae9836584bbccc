import type { Difference } from "../dataplane/compare.ts";
import type { Form, ObservedForm } from "../encap/expectation.ts";
import type { ModeId } from "../encap/mode.ts";
import type { StreamKind } from "./stream.ts";
import type { SwitchEvent } from "./switch-event.ts";

/** What a live change of mode did to traffic and nodes. Times are milliseconds from the moment at which the change was begun. [public] */
export interface SwitchRecord {
  readonly from: ModeId;
  readonly to: ModeId;
  /** What happened in the mode, where it was not changed. */
  readonly event?: SwitchEvent;
  /** The same in words; missing where the mode was changed. */
  readonly happened?: string;
  /** Name of the scenario that judged the new mode; missing where there is only one. */
  readonly variant?: string;
  /** When the change was begun. */
  readonly startedAt: string;
  /** What the dataplane reached when: "pools changed", "route", …; the last is when it calls itself converged. */
  readonly steps: readonly { readonly step: string; readonly atMs: number }[];
  /** Until the facts of every node agreed with the new mode; missing where they did not in time. */
  readonly convergedMs?: number;
  /** Why the dataplane did not come to the new mode. */
  readonly trouble?: string;
  /** Traffic was watched from here (negative) to there. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** Between two packets of a stream. */
  readonly intervalMs: number;
  readonly streams: readonly StreamRecord[];
  /** In the order in which they changed. */
  readonly nodes: readonly NodeTurn[];
  /** Of pods that ran before the change, and that which a new pod would get. */
  readonly podMtu: { readonly running: readonly number[]; readonly fresh: number };
  /** Against a lab that was born in the new mode (`a` is the switched lab, `b` the other); missing where none was built. */
  readonly leftBehind?: readonly Difference[];
  /** Why no lab was built to compare with. */
  readonly notCompared?: string;
  readonly capture: {
    readonly packets: number;
    readonly droppedByKernel: number;
    readonly taps: number;
    readonly doubts: readonly string[];
    /** Small captures with packets in a form of neither mode, relative to the run's folder; missing = there are none. */
    readonly strays?: readonly string[];
  };
}

/** One stream of traffic through a change. */
export interface StreamRecord {
  /** Id of the path, in the new mode. */
  readonly path: string;
  readonly kind: StreamKind;
  readonly directions: readonly DirectionRecord[];
  /** From the first packet of the new form to the last of the old, over both directions; missing where the form stays. */
  readonly bothMs?: number;
  /** tcp only. */
  readonly tcp?: TcpRecord;
  /** connections only. */
  readonly connections?: ConnectionsRecord;
  /** What the sender's kernel said, and ICMP errors heard on the way: "… ×3". */
  readonly errors: readonly string[];
}

/** Numbered packets of one direction; of TCP, only what strayed. */
export interface DirectionRecord {
  readonly direction: "forward" | "reverse";
  /** Form between nodes before and after; "none" on one node. */
  readonly before: Form | "none";
  readonly after: Form | "none";
  readonly sent: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly reordered: number;
  /** Longest time for which nothing arrived that had been sent: from the sending of the first missing packet to the next arrival. */
  readonly gapMs: number;
  readonly gapAtMs?: number;
  /** Nothing arrived any more until the end. */
  readonly silent?: true;
  /** Packets must not arrive in the new mode, or did not in the old: lost ones count up to here, or from here. */
  readonly endsAtMs?: number;
  readonly beginsAtMs?: number;
  /** Of packets leaving their node; missing where the form stays, or where none was seen. */
  readonly lastOldMs?: number;
  readonly firstNewMs?: number;
  /** The last packet that left its node did so in the old form. */
  readonly staysOld?: true;
  readonly leaks: readonly StrayRecord[];
  readonly detours: readonly StrayRecord[];
  /** Forms in which packets left their node, over time; neighbors differ. */
  readonly bands: readonly Band[];
  /** Stretches of lost packets. */
  readonly lostAt: readonly { readonly fromMs: number; readonly toMs: number; readonly packets: number }[];
}

/** A stretch of time in which all packets of a direction left their node in the same form, or forms. */
export interface Band {
  readonly fromMs: number;
  readonly toMs: number;
  /** "none" where they did not leave it; several while both were seen side by side. */
  readonly forms: readonly (ObservedForm | "none")[];
}

/** Packets in a form, or by a way, of neither mode. */
export interface StrayRecord {
  readonly tap: string;
  readonly form: ObservedForm;
  readonly packets: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** How a long TCP connection fared. */
export interface TcpRecord {
  readonly outcome: "survived" | "stalled" | "died";
  readonly because: string;
  readonly bytes: number;
  readonly retransmitted: number;
  /** Segments sent again after a retransmission time-out (200 ms at least: TCP_RTO_MIN of Linux). */
  readonly timeouts: number;
  /** Longest time for which no new byte arrived that had been sent. */
  readonly stallMs: number;
  readonly stallAtMs?: number;
}

/** How short connections fared, one after the other. */
export interface ConnectionsRecord {
  readonly opened: number;
  readonly answered: number;
  readonly failed: number;
  readonly slowestMs: number;
}

/** When one node changed. */
export interface NodeTurn {
  readonly node: string;
  /** First and last packets of the streams that left it, where their form changes. */
  readonly firstNewMs?: number;
  readonly lastOldMs?: number;
  /** Its last packets have the new form, in every direction whose form changes. */
  readonly follows: boolean;
  /** What its kernel told of routes, devices and addresses. */
  readonly kernel?: {
    readonly firstMs: number;
    readonly lastMs: number;
    readonly changes: number;
    /** The first of them. */
    readonly texts: readonly string[];
  };
}
