import type { RouteProgram, TunnelProgram } from "../program/node-program.ts";
import { vxlanPort } from "../../packet/tunnel/vxlan.ts";

/** RTPROT numbers of the protocols by name; numbers work also where /etc/iproute2/rt_protos is missing. */
const protocolNumbers = { "80": "80", bird: "12", boot: "3" } as const;

/** Shell lines that must run before the batches: tunl0 comes with its module and cannot be made like other devices. */
export function tunnelPreparation(tunnel: TunnelProgram): readonly string[] {
  if (tunnel.kind !== "ipip") return [];
  return [
    `ip link show ${tunnel.device} >/dev/null 2>&1 || modprobe ipip 2>/dev/null || true`,
    // The request itself loads the module, which then makes tunl0 and lets this command fail: only the device counts.
    `ip link show ${tunnel.device} >/dev/null 2>&1 || ip link add ${tunnel.device} type ipip 2>/dev/null || true`,
    `ip link show ${tunnel.device} >/dev/null`,
  ];
}

/** ip(8) batch lines that make a tunnel device, down (recorded `ip -d link`). */
export function tunnelDeviceLines(tunnel: TunnelProgram): readonly string[] {
  const { device, kind, mac, local, underlay, vni } = tunnel;
  if (kind === "ipip") return [];
  return [
    `link add ${device} address ${mac} type vxlan id ${vni} local ${local} dev ${underlay} ` +
      `dstport ${vxlanPort} nolearning`,
  ];
}

/** ip(8) batch lines that set MTU and address, bring the device up and add the permanent neighbors. */
export function tunnelSetupLines({ device, mtu, address, family, peers }: TunnelProgram): readonly string[] {
  return [
    `link set ${device} mtu ${mtu} up`,
    // Felix removes the kernel's own route to an IPv6 tunnel address, as every route on its devices that it did not make.
    family === 4
      ? `addr replace ${address}/32 dev ${device}`
      : `addr replace ${address}/128 dev ${device} nodad noprefixroute`,
    ...peers.map((peer) => `neigh replace ${peer.tunnelAddress} lladdr ${peer.mac} dev ${device} nud permanent`),
  ];
}

/** bridge(8) batch lines: one permanent FDB entry per remote VTEP (felix/vxlanfdb/vxlan_fdb.go). */
export function fdbLines({ device, peers }: TunnelProgram): readonly string[] {
  return peers.map((peer) => `fdb replace ${peer.mac} dev ${device} dst ${peer.host} self permanent`);
}

/** One ip(8) batch line per route; replaces what leads to the same block. */
export function routeLine(route: RouteProgram): string {
  const { destination, type, via, device, protocol, onlink, mtu } = route;
  return [
    `route replace${type === "blackhole" ? " blackhole" : ""} ${destination}`,
    ...(via === undefined ? [] : [`via ${via}`]),
    ...(device === undefined ? [] : [`dev ${device}`]),
    `proto ${protocolNumbers[protocol]}`,
    ...(onlink ? ["onlink"] : []),
    ...(mtu === undefined ? [] : [`mtu ${mtu}`]),
  ].join(" ");
}
