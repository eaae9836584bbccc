import { contains, withoutPrefix } from "../../topology/address.ts";
import type { Plan, Port } from "../../topology/plan.ts";
import type { Problem } from "../../lab/lab.ts";
import type { Member } from "./match-inventory.ts";
import type { HostDevice, Survey } from "./survey.ts";

/** The devices of a host that stand for its planned ports, in the plan's order, or what is wrong with them. */
export interface Uplinks {
  readonly devices: readonly HostDevice[];
  readonly problems: readonly Problem[];
}

/** Finds the device of each planned port by its address (or the inventory's name for it), and compares address, prefix, MTU. */
export function findUplinks(plan: Plan, { name, ports, host }: Member, { devices }: Pick<Survey, "devices">): Uplinks {
  const found = ports.map((port) => {
    const byAddress = devices.find((device) => addressesOf(port).some((address) => holds(device, address)));
    const device = host.uplink === undefined ? byAddress : devices.find((each) => each.name === host.uplink);
    return { device, problems: portProblems(plan, name, port, device, host.uplink) };
  });
  return {
    devices: found.flatMap(({ device }) => device ?? []),
    problems: found.flatMap(({ problems }) => problems),
  };
}

function portProblems(
  plan: Plan,
  name: string,
  port: Port,
  device: HostDevice | undefined,
  named: string | undefined,
): readonly Problem[] {
  const wanted = addressesOf(port);
  if (device === undefined) {
    const what = named === undefined ? `no device with the address ${wanted[0] ?? ""}` : `no device ${named}`;
    const fix = `give the host that address in subnet ${port.segment}, or put its real one under nodes.${name} in the topology`;
    return [{ what: `${name} has ${what}`, fix }];
  }
  const where = `${device.name} of ${name}`;
  const mtu = plan.segments.find((segment) => segment.name === port.segment)?.mtu ?? port.mtu;
  return [
    ...wanted
      .filter((address) => !device.addresses.includes(address))
      .map((address) => ({
        what: `${where} has ${near(device, address)} where the topology says ${address}`,
        fix: `correct the address or the prefix, on ${name} or in the topology`,
      })),
    ...(device.mtu === mtu
      ? []
      : [
          {
            what: `${where} has an MTU of ${device.mtu} bytes, and subnet ${port.segment} one of ${mtu}`,
            fix: `put \`mtu: ${device.mtu}\` under subnets.${port.segment} in the topology, or change the host's`,
          },
        ]),
    ...(device.isUp ? [] : [{ what: `${where} is down`, fix: `on ${name}: ip link set ${device.name} up` }]),
  ];
}

function addressesOf({ addresses }: Port): readonly string[] {
  return Object.values(addresses);
}

function holds({ addresses }: HostDevice, address: string): boolean {
  return addresses.some((own) => withoutPrefix(own) === withoutPrefix(address));
}

function near({ addresses }: HostDevice, address: string): string {
  const own = addresses.find(
    (each) => contains(address, withoutPrefix(each)) || withoutPrefix(each) === withoutPrefix(address),
  );
  return own ?? "no address of that network";
}
