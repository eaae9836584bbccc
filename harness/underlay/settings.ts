import type { LabNode } from "../lab/lab.ts";

/** What the kernel settings of a namespace depend on. */
export interface MemberSettings {
  readonly role: LabNode["role"];
  readonly devices: readonly string[];
  /** Devices on which a router answers ARP and ND for its other subnets. */
  readonly proxyDevices: readonly string[];
  readonly ipv6: boolean;
}

type Setting = readonly [path: string, value: number];

/** Shell commands that keep the fabric silent: with IPv6 its bridges would send MLD and router solicitations of their own. */
export function fabricSettings(): string {
  return writes(
    [],
    ["all", "default"].map((scope): Setting => [`ipv6/conf/${scope}/disable_ipv6`, 1]),
  );
}

/**
 * Shell commands that write the kernel settings of a node or router: a new namespace copies many of them from the host
 * (ip-sysctl, devconf_inherit_init_net), and a lab must not depend on the host's.
 */
export function memberSettings(member: MemberSettings): string {
  const scopes = ["all", "default", ...member.devices];
  return writes(
    [...forwarding(member.role, scopes), ...routerOnly(member, scopes)],
    [...errors(), ...ipv6(member, scopes)],
  );
}

function forwarding(role: MemberSettings["role"], scopes: readonly string[]): readonly Setting[] {
  return [
    ["ipv4/ip_forward", role === "external host" ? 0 : 1],
    // The kernel's own default. Felix refuses 2 unless told otherwise (Felix, "RPF check") and filters pods by itself;
    // systemd sets 2 on many hosts, which new namespaces inherit.
    ...scopes.map((scope): Setting => [`ipv4/conf/${scope}/rp_filter`, 0]),
  ];
}

function routerOnly({ role, proxyDevices }: MemberSettings, scopes: readonly string[]): readonly Setting[] {
  if (role !== "router") return [];
  return [
    // Ports too, as switches do, and not addresses alone (ip-sysctl): VXLAN varies its source port by what it carries (RFC 7348 5).
    ["ipv4/fib_multipath_hash_policy", 1],
    // A redirect would teach nodes host routes, after which paths depend on what was sent before.
    ...scopes.map((scope): Setting => [`ipv4/conf/${scope}/send_redirects`, 0]),
    ...proxyDevices.flatMap((device): Setting[] => [
      [`ipv4/conf/${device}/proxy_arp`, 1],
      // Centiseconds; the default of up to 0.8 s of random delay would look like loss.
      [`ipv4/neigh/${device}/proxy_delay`, 0],
    ]),
  ];
}

/**
 * ICMP errors are evidence: "fragmentation needed" for MTU checks, "unreachable" where packets must be dropped. The kernel sends
 * one per second and target (icmp_ratelimit 1000 ms, for the types of icmp_ratemask 0x1818), and per namespace 1000 per
 * second in bursts of 50 (icmp_msgs_*, kernel doc ip-sysctl); with many paths probed side by side that loses some.
 */
function errors(): readonly Setting[] {
  return [
    ["ipv4/icmp_ratelimit", 0],
    ["ipv4/icmp_ratemask", 0],
    ["ipv4/icmp_msgs_per_sec", 100_000],
    ["ipv4/icmp_msgs_burst", 10_000],
    ["ipv6/icmp/ratelimit", 0],
  ];
}

function ipv6({ ipv6: wanted, devices, proxyDevices }: MemberSettings, scopes: readonly string[]): readonly Setting[] {
  if (!wanted) return ["all", "default"].map((scope): Setting => [`ipv6/conf/${scope}/disable_ipv6`, 1]);
  return [
    ["ipv6/conf/all/disable_ipv6", 0],
    ["ipv6/conf/default/disable_ipv6", 0],
    ["ipv6/fib_multipath_hash_policy", 1],
    ["ipv6/conf/all/forwarding", 1],
    ["ipv6/conf/default/forwarding", 1],
    ...scopes.flatMap((scope): Setting[] => [
      [`ipv6/conf/${scope}/accept_ra`, 0],
      // Addresses are unique by plan; duplicate detection only makes link-local addresses a second late.
      [`ipv6/conf/${scope}/accept_dad`, 0],
      [`ipv6/conf/${scope}/dad_transmits`, 0],
    ]),
    ...devices.map((device): Setting => [`ipv6/conf/${device}/disable_ipv6`, 0]),
    ...proxyDevices.flatMap((device): Setting[] => [
      [`ipv6/conf/${device}/proxy_ndp`, 1],
      [`ipv6/neigh/${device}/proxy_delay`, 0],
    ]),
  ];
}

/** Settings that every kernel has fail aloud; those that some kernels or builds lack are skipped there. */
function writes(required: readonly Setting[], where: readonly Setting[]): string {
  const must = required.map(([path, value]) => `echo ${value} >${path}`);
  const may = where.map(([path, value]) => `may ${path} ${value}`);
  return ["cd /proc/sys/net", "may() { [ ! -e $1 ] || echo $2 >$1 || true; }", ...must, ...may].join("\n");
}
