import type { Topology } from "./topology.ts";
import type { FileFacts } from "./file-facts.ts";
import type { ValueProblem, ValuePath } from "../core/yaml/value-problem.ts";

/** Bytes that VXLAN adds to a packet: Ethernet 14, VXLAN 8, UDP 8, IPv4 20 or IPv6 40 (RFC 7348 5). */
const vxlanBytes = { 4: 50, 6: 70 } as const;

/** Smallest packet that must pass whole: IPv4 hosts accept 576 bytes (RFC 791 3.1), IPv6 links carry 1280 (RFC 8200 5). */
const smallestPacket = { 4: 576, 6: 1280 } as const;

/** Tunnels must carry the smallest packet, and wires what tunnels carry inside VXLAN. */
function checkTunnelMtu({ tunnelMtu, families, subnets }: Topology): readonly ValueProblem[] {
  if (tunnelMtu === undefined) return [];
  const family = families.includes(6) ? 6 : 4;
  const [least, most] = [smallestPacket[family], Math.min(...subnets.map(({ mtu }) => mtu)) - vxlanBytes[family]];
  if (tunnelMtu >= least && tunnelMtu <= most) return [];
  const message = `${tunnelMtu} is not within ${least} and ${most}: what IPv${family} needs, and what the wires carry inside VXLAN`;
  return [{ path: ["tunnelMtu"], message }];
}

/** Wires must carry the smallest packet inside the largest encapsulation (VXLAN; IPIP adds only 20 bytes). */
export function checkMtu(topology: Topology, file: FileFacts): readonly ValueProblem[] {
  const problems = topology.subnets.flatMap(({ name, mtu }) => {
    const family = topology.families.findLast((used) => mtu < smallestPacket[used] + vxlanBytes[used]);
    if (family === undefined) return [];
    const own: ValuePath = ["subnets", name, "mtu"];
    const [inner, cost] = [smallestPacket[family], vxlanBytes[family]];
    const message = `${mtu} is too small for VXLAN over IPv${family}: ${inner} + ${cost} = ${inner + cost} bytes are needed`;
    return [{ path: file.spells(own) ? own : ["mtu"], message }];
  });
  // The file's one MTU may be that of many subnets.
  const distinct = problems.filter(
    ({ path }, index) => problems.findIndex((other) => String(other.path) === String(path)) === index,
  );
  return distinct.length > 0 ? distinct : checkTunnelMtu(topology);
}
