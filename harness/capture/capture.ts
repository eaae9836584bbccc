import type { Scope } from "../core/scope.ts";
import type { Executor } from "../exec/executor.ts";

/** One node's capture: a single tcpdump on all its interfaces (`-i any`, SLL2), split into taps by interface index. */
export interface CaptureTarget {
  readonly node: string;
  readonly executor: Executor;
  /** Devices on this node that are taps; packets on others are dropped while decoding. */
  readonly devices: readonly string[];
  /**
   * BPF expression; missing = everything. A fault uses one that matches nothing to make a tap deaf. One that does not
   * let pings over the loopback through makes the capture doubtful.
   */
  readonly filter?: string;
  /** Where nothing is filtered: the kernel lets through what its devices hear, and the loopback, over which the end is marked. */
  readonly tapsOnly?: true;
}

/** What a capture left behind, and whether it can be trusted. */
export interface CaptureFile {
  readonly node: string;
  /** Path on this machine. */
  readonly file: string;
  /** Interface index to device name on that node. */
  readonly interfaces: ReadonlyMap<number, string>;
  /** From tcpdump's own summary. */
  readonly captured: number;
  readonly receivedByFilter: number;
  readonly droppedByKernel: number;
  /** Reasons for which a negative claim from this file would be void; [] = trustworthy. */
  readonly doubts: readonly string[];
}

/** Captures that are running on several nodes; all were listening when this value came into being. */
interface CaptureSession {
  /** Stops all, fetches the files into the folder, reads the kernel's drops, checks completeness. */
  stop(): Promise<readonly CaptureFile[]>;
}

export interface CaptureOptions {
  /** Folder on this machine for the files. */
  readonly folder: string;
  /** Bytes kept of each packet; 256 holds outer, VXLAN, inner headers and token. */
  readonly snaplen: number;
  /** Kernel buffer in KiB per tcpdump (`-B`). */
  readonly bufferKiB: number;
  /** Packets after which a capture stops by itself, so that a disk cannot fill up. */
  readonly maxPackets: number;
}

/** Starts a capture on every target and returns when all of them listen. */
export type StartCapture = (
  targets: readonly CaptureTarget[],
  options: CaptureOptions,
  scope: Scope,
) => Promise<CaptureSession>;
