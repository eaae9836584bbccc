import type { Plan } from "../topology/plan.ts";
import { withoutPrefix } from "../topology/address.ts";

/** A ping by which taps at both of its ends prove that they see. */
export interface Heartbeat {
  readonly from: string;
  /** It leaves by this one. */
  readonly device: string;
  readonly to: string;
}

/** Pings that pass every uplink and every router port which has anybody beyond it. Pure. */
export function heartbeatsOf(plan: Plan): readonly Heartbeat[] {
  const [family] = plan.families;
  if (family === undefined) return [];
  const members = [
    ...plan.nodes.flatMap(({ name, uplink, others = [] }) =>
      [uplink, ...others].map((port) => ({ name, port, router: false })),
    ),
    ...(plan.external ?? []).map(({ name, uplink }) => ({ name, port: uplink, router: false })),
    ...plan.routers.flatMap(({ name, ports, unseen }) =>
      unseen === true ? [] : ports.map((port) => ({ name, port, router: true })),
    ),
  ];
  return members.flatMap(({ name, port }) => {
    const others = members.filter((other) => other.port.segment === port.segment && other.port !== port);
    const other = others.find(({ router }) => router) ?? others[0];
    const to = other?.port.addresses[family];
    return to === undefined ? [] : [{ from: name, device: port.device, to: withoutPrefix(to) }];
  });
}
