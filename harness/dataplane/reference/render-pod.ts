import type { Family } from "../../topology/topology.ts";
import type { PodProgram } from "../program/node-program.ts";

/** MAC of every host-side veth, and the IPv6 link-local address that follows from it (Calico's CNI plugin). */
const hostMac = "ee:ee:ee:ee:ee:ee";
const hostLinkLocal = "fe80::ecee:eeff:feee:eeee";

/** The pods' IPv4 gateway: nobody has this address, the host side answers ARP for it by proxy (cni-plugin). */
const gateway4 = "169.254.1.1";

/** ip(8) batch lines on the node: the pod's namespace and veth, still down. */
export function podDeviceLines({ namespace, hostDevice, mtu }: PodProgram): readonly string[] {
  return [
    `netns add ${namespace}`,
    `link add ${hostDevice} address ${hostMac} mtu ${mtu} type veth peer name eth0 mtu ${mtu} netns ${namespace}`,
  ];
}

/** Settings of the host side under /proc/sys/net, as the CNI plugin makes them; without DAD, which would cost a second. */
export function podSettings({ hostDevice }: PodProgram, families: readonly Family[]): readonly string[] {
  return [
    ...(families.includes(4) ? [`ipv4/conf/${hostDevice}/proxy_arp=1`, `ipv4/neigh/${hostDevice}/proxy_delay=0`] : []),
    ...(families.includes(6) ? [`ipv6/conf/${hostDevice}/proxy_ndp=1`, `ipv6/conf/${hostDevice}/accept_dad=0`] : []),
  ];
}

/** ip(8) batch lines on the node: host side up, and the route to each of the pod's addresses (recorded metric 1024). */
export function podHostLines({ hostDevice, addresses }: PodProgram): readonly string[] {
  return [
    `link set ${hostDevice} up`,
    ...(addresses[4] === undefined ? [] : [`route add ${addresses[4]}/32 dev ${hostDevice} scope link metric 1024`]),
    ...(addresses[6] === undefined ? [] : [`route add ${addresses[6]}/128 dev ${hostDevice} metric 1024`]),
  ];
}

/** ip(8) batch lines inside the pod's namespace. */
export function podInsideLines({ addresses }: PodProgram): readonly string[] {
  return [
    "link set lo up",
    // Without IPv6 in the plan no pod speaks it: its router solicitations would only be noise at the taps.
    ...(addresses[6] === undefined ? ["link set eth0 addrgenmode none"] : []),
    "link set eth0 up",
    ...(addresses[4] === undefined ? [] : inside4(addresses[4])),
    ...(addresses[6] === undefined ? [] : inside6(addresses[6])),
  ];
}

function inside4(address: string): readonly string[] {
  return [
    `addr add ${address}/32 dev eth0`,
    `route add ${gateway4} dev eth0 scope link`,
    `route add default via ${gateway4} dev eth0`,
  ];
}

function inside6(address: string): readonly string[] {
  return [`addr add ${address}/128 dev eth0 nodad`, `route add default via ${hostLinkLocal} dev eth0`];
}
