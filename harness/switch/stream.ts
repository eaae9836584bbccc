import type { Path } from "../encap/path.ts";

/** What a stream is made of: echo requests, datagrams, one long TCP connection, or one short connection after the other. */
export type StreamKind = "ping" | "udp" | "tcp" | "connections";

/** Traffic along one path that goes on while the network changes. */
export interface Stream {
  readonly path: Path;
  readonly kind: StreamKind;
  /** Destination address as the source dials it: pod, node or ClusterIP. */
  readonly dials: string;
  /** ping, udp: 16 hex digits that stand in every packet. */
  readonly pattern?: string;
  /** tcp: port of the client. */
  readonly clientPort?: number;
}

/** The part of a path's id that is the same in every mode. */
export function pathWithoutMode(id: string): string {
  return id.slice(id.indexOf("/") + 1);
}
