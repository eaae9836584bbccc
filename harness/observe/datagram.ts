import { layout, leastPayload } from "../probe/udp/datagram.ts";
import { probeOfPattern, type TokenIndex } from "./token-index.ts";

/** A datagram of a probe, as its payload tells. */
export interface SeenDatagram {
  /** Position of the probe. */
  readonly probe: number;
  readonly number: number;
  readonly flow: number;
  readonly isAnswer: boolean;
  /** Name of the server; "" in requests. */
  readonly server: string;
}

const request = "Q".charCodeAt(0);
const answer = "A".charCodeAt(0);

/** Reads the payload of a UDP packet; undefined where it is not a datagram of these probes. */
export function readDatagram(payload: Uint8Array, index: TokenIndex): SeenDatagram | undefined {
  const kind = payload[layout.kind];
  if (payload.length < leastPayload || (kind !== request && kind !== answer)) return undefined;
  const probe = probeOfPattern(payload.subarray(layout.pattern, layout.number), index);
  if (probe === undefined) return undefined;
  return { probe, ...numbersOf(payload), isAnswer: kind === answer, server: nameIn(payload) };
}

/** Number and flow of a datagram that is known to be one. */
export function numbersOf(payload: Uint8Array): { readonly number: number; readonly flow: number } {
  const number = ((payload[layout.number] ?? 0) << 8) | (payload[layout.number + 1] ?? 0);
  return { number, flow: payload[layout.flow] ?? 0 };
}

function nameIn(payload: Uint8Array): string {
  const bytes = payload.subarray(layout.server, leastPayload);
  const end = bytes.indexOf(0);
  return Buffer.from(end < 0 ? bytes : bytes.subarray(0, end)).toString("latin1");
}
