import { CaptureError } from "../capture-error.ts";

/** A capture whose packets can be read up to some place, and no further. */
export class DamageError extends CaptureError {}

/** How to get what can be read of a damaged capture into one that every tool reads. */
export function keepWhole(packets: number): string {
  if (packets === 0) return "Record it again: it holds no whole packet.";
  return `Keep the whole packets: tcpdump -r in.pcap -c ${packets} -w out.pcap`;
}
