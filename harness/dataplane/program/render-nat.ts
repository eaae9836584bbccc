import type { NatProgram, NatShared } from "./node-program.ts";
import { vxlanPort } from "../../packet/tunnel/vxlan.ts";

/** Name of the reference dataplane's own nftables table, one per family; nothing else of a node's rules is touched. */
export const natTable = "calico-reference";

/**
 * One family's NAT rules for `nft -f`, replacing an older version of the table in one transaction.
 * What Calico and kube-proxy do, in the order in which they apply (felix/rules): VXLAN packets are not
 * tracked; services to their backend; host traffic into a tunnel takes the tunnel's address; pod traffic that leaves all
 * pools takes the node's address.
 */
export function renderNat(nat: NatProgram, table: string = natTable): string {
  const ip = nat.family === 4 ? "ip" : "ip6";
  const { nodePorts = [] } = nat;
  return [
    `add table ${ip} ${table}`,
    `delete table ${ip} ${table}`,
    `table ${ip} ${table} {`,
    ...sets(nat),
    ...untracked(nat),
    ...withoutBackend(nat),
    ...withoutBalancedBackend(nat, ip),
    ...["prerouting", "output"].flatMap((hook) => [
      `chain ${hook} {`,
      `type nat hook ${hook} priority -100`,
      ...(nat.shared ?? []).map((service) => sharedRule(service, ip)),
      `meta l4proto { tcp, udp } dnat ${ip} to ${ip} daddr . th dport map @services`,
      ...(nodePorts.length === 0
        ? []
        : [`meta l4proto { tcp, udp } fib daddr type local dnat ${ip} to th dport map @nodeports`]),
      "}",
    ]),
    "chain postrouting {",
    "type nat hook postrouting priority 100",
    ...nodePortMasquerade(nat),
    ...balancedMasquerade(nat, ip),
    ...tunnelMasquerade(nat, ip),
    ...masquerade(`${ip} saddr @masqueraded ${ip} daddr != @pools`),
    ...masquerade(`${ip} saddr . ${ip} daddr @hairpin`),
    "}",
    "}",
    "",
  ].join("\n");
}

/** One backend by chance for each connection, as kube-proxy's own rules have it (`numgen random`). */
function sharedRule({ clusterIp, port, backends, targetPort }: NatShared, ip: string): string {
  const places = backends.map((backend, place) => `${place} : ${backend} . ${targetPort}`);
  const chosen = `numgen random mod ${backends.length} map { ${places.join(", ")} }`;
  return `meta l4proto { tcp, udp } ${ip} daddr ${clusterIp} th dport ${port} dnat ${ip} to ${chosen}`;
}

/** Removes a family's table, whether it is there or not. */
export function renderNatRemoval(family: NatProgram["family"], table: string = natTable): string {
  const ip = family === 4 ? "ip" : "ip6";
  return `add table ${ip} ${table}\ndelete table ${ip} ${table}\n`;
}

function sets(nat: NatProgram): readonly string[] {
  const address = nat.family === 4 ? "ipv4_addr" : "ipv6_addr";
  const balanced = (nat.balanced ?? []).map(({ address: clusterIp, ...to }) => ({ clusterIp, ...to }));
  const services = [...nat.services, ...balanced].map(
    (s) => `${s.clusterIp} . ${s.port} : ${s.backend} . ${s.targetPort}`,
  );
  return [
    `set pools { type ${address}; flags interval; ${elements(nat.pools)}}`,
    `set masqueraded { type ${address}; flags interval; ${elements(nat.masqueraded)}}`,
    `set hairpin { type ${address} . ${address}; ${elements(nat.localPods.map((pod) => `${pod} . ${pod}`))}}`,
    ...nodePortMap(nat, address),
    `map services { type ${address} . inet_service : ${address} . inet_service; ${elements(services)}}`,
  ];
}

function nodePortMap({ nodePorts = [] }: NatProgram, address: string): readonly string[] {
  if (nodePorts.length === 0) return [];
  const entries = nodePorts.map(({ port, backend, targetPort }) => `${port} : ${backend} . ${targetPort}`);
  return [`map nodeports { type inet_service : ${address} . inet_service; ${elements(entries)}}`];
}

/** kube-proxy marks such requests before it translates them; the connection's own first destination tells the same. */
function nodePortMasquerade({ nodePorts = [] }: NatProgram): readonly string[] {
  const ports = nodePorts.filter(({ masqueraded }) => masqueraded).map(({ port }) => port);
  if (ports.length === 0) return [];
  return masquerade(`meta l4proto { tcp, udp } ct status dnat ct original proto-dst { ${ports.join(", ")} }`);
}

function balancedMasquerade({ balanced = [] }: NatProgram, ip: string): readonly string[] {
  const addresses = balanced.filter(({ masqueraded }) => masqueraded).map(({ address }) => address);
  if (addresses.length === 0) return [];
  return masquerade(`meta l4proto { tcp, udp } ct status dnat ct original ${ip} daddr { ${addresses.join(", ")} }`);
}

/** nft(8) takes no empty list of elements. */
function elements(entries: readonly string[]): string {
  return entries.length === 0 ? "" : `elements = { ${entries.join(", ")} }; `;
}

/** felix/rules/static.go (#8934): tracked VXLAN packets would fill the connection table, one entry per flow and direction. */
function untracked({ tunnels }: NatProgram): readonly string[] {
  if (!tunnels.some(({ kind }) => kind === "vxlan")) return [];
  return ["prerouting", "output"].flatMap((hook) => [
    `chain untracked-${hook} {`,
    `type filter hook ${hook} priority -300`,
    `udp dport ${vxlanPort} notrack`,
    "}",
  ]);
}

/** kube-proxy's "has no local endpoints": what is asked of a node that must not pass it on ends there, without a word. */
function withoutBackend({ dropped = [] }: NatProgram): readonly string[] {
  if (dropped.length === 0) return [];
  return [
    "chain without-backend {",
    "type filter hook input priority 0",
    `meta l4proto { tcp, udp } th dport { ${dropped.join(", ")} } drop`,
    "}",
  ];
}

/** The same for addresses of load balancers, which are the node's own nowhere: without translation it would send them back to the router. */
function withoutBalancedBackend({ droppedBalanced = [] }: NatProgram, ip: string): readonly string[] {
  if (droppedBalanced.length === 0) return [];
  return [
    "chain without-balanced-backend {",
    "type filter hook forward priority 0",
    `meta l4proto { tcp, udp } ${ip} daddr { ${droppedBalanced.join(", ")} } drop`,
    "}",
  ];
}

/** felix/rules/nat.go: out of the tunnel device, source local to this host but not the device's own address. */
function tunnelMasquerade({ tunnels }: NatProgram, ip: string): readonly string[] {
  return tunnels.flatMap(({ device, address }) =>
    masquerade(`oifname "${device}" fib saddr type local ${ip} saddr != ${address}`),
  );
}

/**
 * Source ports of masqueraded UDP, as FelixConfiguration's natPortRange (Calico's own default is any port): the kernel's ephemeral range.
 * Answers to VXLAN's port would not be tracked, and so end at the node.
 */
const natPortRange = "32768-60999";

function masquerade(match: string): readonly string[] {
  return [`${match} meta l4proto udp masquerade to :${natPortRange} fully-random`, `${match} masquerade fully-random`];
}
