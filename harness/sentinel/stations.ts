import { groupBy } from "../core/group-by.ts";
import type { TapId } from "../encap/expectation.ts";
import { nextHop } from "../encap/underlay-way.ts";
import { familyOf, withoutPrefix } from "../topology/address.ts";
import { destinationOf } from "../topology/destination.ts";
import { hostsOf } from "../topology/hosts-of.ts";
import type { Plan, PlannedNode, Port } from "../topology/plan.ts";

/** A device on a segment between nodes. */
export interface Station {
  /** Node, host outside or router. */
  readonly name: string;
  readonly device: string;
  readonly segment: string;
  /** As the device has it, lower case; "" where nobody could read it. */
  readonly mac: string;
  readonly isRouter: boolean;
  /** It is the host's way to the others' pods. */
  readonly isUplink: boolean;
  /** Without prefix. */
  readonly addresses: readonly string[];
}

/** Who stands on which segment, with the MACs that devices really have. */
export class Stations {
  readonly #hosts: ReadonlyMap<string, PlannedNode>;
  readonly #uplinks: ReadonlyMap<string, Station>;
  readonly #bySegment: ReadonlyMap<string, readonly Station[]>;
  readonly #byAddress = new Map<string, readonly Station[]>();
  readonly all: readonly Station[];

  /** `macOf` knows a device's MAC; undefined where it was not read. */
  constructor(plan: Plan, macOf: (tap: TapId) => string | undefined) {
    this.#hosts = new Map(hostsOf(plan).map((host) => [host.name, host]));
    const station = (name: string, port: Port, kind: Pick<Station, "isRouter" | "isUplink">): Station => ({
      name,
      device: port.device,
      segment: port.segment,
      mac: (macOf({ node: name, device: port.device }) ?? "").toLowerCase(),
      addresses: [...Object.values(port.addresses), ...Object.values(port.holds ?? {})].map(withoutPrefix),
      ...kind,
    });
    this.all = [
      ...hostsOf(plan).flatMap(({ name, uplink, others = [] }) => [
        station(name, uplink, { isRouter: false, isUplink: true }),
        ...others.map((port) => station(name, port, { isRouter: false, isUplink: false })),
      ]),
      ...plan.routers.flatMap(({ name, ports }) =>
        ports.map((port) => station(name, port, { isRouter: true, isUplink: false })),
      ),
    ];
    this.#uplinks = new Map(this.all.flatMap((one) => (one.isUplink ? [[one.name, one] as const] : [])));
    this.#bySegment = groupBy(this.all, ({ segment }) => segment);
    for (const one of this.all) {
      for (const address of one.addresses) {
        const key = destinationOf(address);
        this.#byAddress.set(key, [...(this.#byAddress.get(key) ?? []), one]);
      }
    }
  }

  on(segment: string): readonly Station[] {
    return this.#bySegment.get(segment) ?? [];
  }

  routersOn(segment: string): readonly Station[] {
    return this.on(segment).filter(({ isRouter }) => isRouter);
  }

  /** The device of a tap; missing where the plan does not know it. */
  at({ node, device }: TapId): Station | undefined {
    return this.all.find((one) => one.name === node && one.device === device);
  }

  /** Devices that have an address themselves. */
  withAddress(address: string): readonly Station[] {
    return this.#byAddress.get(destinationOf(address)) ?? [];
  }

  uplinkOf(name: string): Station | undefined {
    return this.#uplinks.get(name);
  }

  /** Whether a host sends what is for a neighbor on its segment to a gateway, as those with a /32 do. */
  goesByGateway(from: Station, to: Station): boolean {
    const host = this.#hosts.get(from.name);
    return (
      host !== undefined &&
      to.addresses.some((address) => (nextHop(host, familyOf(address), address, false) ?? address) !== address)
    );
  }
}
