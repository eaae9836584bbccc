import type { Path } from "../encap/path.ts";
import type { Datagram, DatagramResult } from "./udp/datagram.ts";

export type ProbeKind = "ping" | "curl" | "bulk" | "mtu" | "sweep" | "udp";

/** What makes a probe's packets recognizable at every tap, whatever happens to their addresses. */
export type Token =
  | {
      /** ICMP echo whose payload holds these bytes (`ping -p`). */
      readonly kind: "icmp-pattern";
      /** 16 hex digits, unique within a run. */
      readonly pattern: string;
    }
  | {
      /** UDP datagrams whose payload holds these bytes. */
      readonly kind: "udp-pattern";
      /** 16 hex digits, unique within a run. */
      readonly pattern: string;
    }
  | {
      /** TCP flow with this port on the client's side (`curl --local-port`) or the server's side (`iperf3 -p`). */
      readonly kind: "tcp-port";
      readonly side: "client" | "server";
      readonly port: number;
      /** HTTP only: text in the request, by which a flow is known where masquerading has changed the client's port. */
      readonly mark?: string;
      /**
       * Where masquerading gives the client a port of chance (kube-proxy does, with --random-fully) and the flow may end before its
       * request: how it looks from then on.
       */
      readonly ends?: FlowEnds;
    };

/** Where a flow comes from and goes to behind address translation. */
export interface FlowEnds {
  /** Addresses that the client may have. */
  readonly sources: readonly string[];
  readonly destination: string;
  /** TCP port of the server. */
  readonly port: number;
}

/** One probe to be sent along a path. */
export interface Probe {
  readonly path: Path;
  readonly kind: ProbeKind;
  readonly token: Token;
  /** Destination address as the source dials it: pod, node or ClusterIP. */
  readonly dials: string;
  /** The node's own address that answers behind a Service; missing = what is dialed, or a pod's. */
  readonly hostAddress?: string;
  /** ping: echo requests; curl: 1; bulk: bytes of payload; mtu: 2 (one fits, one does not), or as many pairs; udp, sweep: datagrams. */
  readonly amount: number;
  /** udp and sweep probes only: the requests, by number. */
  readonly datagrams?: readonly Datagram[];
  /** mtu probes only: the MTU that must just fit. */
  readonly mtu?: number;
  /** No answer is expected: wait for it only briefly. */
  readonly dies?: true;
  /**
   * It is the further way of another probe's packets, behind a node that translates them: whose token this is, and between whom packets
   * still are the other's. Nobody sends it.
   */
  readonly beyond?: readonly [client: string, entry: string];
  /** The ends are slow machines: send at a slower pace and wait longer. */
  readonly slow?: true;
}

/** What the probing program itself reported. */
export interface ProbeResult {
  readonly probe: Probe;
  /** Pasteable command line, with where it ran. */
  readonly command: string;
  readonly where: string;
  readonly exitCode: number;
  /** Requests sent and answered: pings, datagrams, curls, or iperf3 flows. */
  readonly sent: number;
  readonly received: number;
  /** Client address that the server saw (curl), normalized. */
  readonly serverSaw?: string;
  /** Name of the pod or node whose server answered, as that server tells it (curl, udp); "" where it tells none. */
  readonly answeredBy?: string;
  /** Round-trip times in milliseconds (ping). */
  readonly rttMs?: readonly number[];
  /** Milliseconds until the connection stood (curl, and downloads). */
  readonly connectMs?: number;
  /** udp, sweep: what became of each request, copies included. */
  readonly datagrams?: readonly DatagramResult[];
  /** bulk: bytes that arrived. */
  readonly bytes?: number;
  /** ICMP errors or messages that came back, verbatim ("Destination Net Unreachable from 198.18.1.1"). */
  readonly errors: readonly string[];
  /** mtu: whether the packet of exactly `mtu` bytes passed, and whether the one with a byte more did. */
  readonly mtu?: { readonly fits: boolean; readonly oneMore: boolean };
  /** Last lines of the program's output, for evidence. */
  readonly output: string;
}
