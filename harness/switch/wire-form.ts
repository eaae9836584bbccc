import type { ObservedForm } from "../encap/expectation.ts";
import { formOf } from "../packet/form.ts";
import type { Packet } from "../packet/packet.ts";

/** Forms by their place here, so that thousands of packets are kept as small numbers. */
export const wireForms: readonly ObservedForm[] = ["plain", "ipip", "vxlan", "wireguard", "other"];

/** The place of a packet's form in `wireForms`. */
export function wireFormOf(packet: Packet): number {
  const place = wireForms.indexOf(formOf(packet) as ObservedForm);
  return place < 0 ? wireForms.length - 1 : place;
}
