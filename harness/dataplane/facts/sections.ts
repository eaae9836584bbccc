import type { Family } from "../../topology/topology.ts";
import type { NodeFacts, Unreadable } from "../node-facts.ts";
import { parseDeviceCounters, parseProtocolCounters, parseTrackerCounters } from "./parse-counters.ts";
import { parseClassifiers } from "./parse-classifiers.ts";
import { parseIptablesDrops, parseNftDrops } from "./parse-drops.ts";
import { parseFdb } from "./parse-fdb.ts";
import { parseLinks } from "./parse-links.ts";
import { parseNeighbors } from "./parse-neighbors.ts";
import { parseQueues } from "./parse-queues.ts";
import { parseIptablesRewrites, parseNftRewrites } from "./parse-rewrites.ts";
import { parseTables } from "./parse-routes.ts";
import { parseRules } from "./parse-rules.ts";
import { parseSettings } from "./parse-settings.ts";
import { parseBackendPorts, parseBackends, parseTranslations } from "./parse-translations.ts";
import { parseWireguard, wireguardCommand } from "./parse-wireguard.ts";

/** One command that is run on a node, and how its answer becomes facts. */
export interface Section {
  readonly name: string;
  readonly what: Unreadable["what"];
  /** POSIX sh; its exit code says whether the answer can be used. */
  readonly command: string;
  /** The same as a line of `ip -j <options> -batch`, for sections that can share a process. */
  readonly batch?: { readonly options: string; readonly line: string };
  readonly parse: (output: string) => Partial<NodeFacts>;
}

const families: readonly Family[] = [4, 6];

/** What a dataplane programs. */
export const stateSections: readonly Section[] = [
  ...families.flatMap((family): readonly Section[] => [
    {
      name: `routes${family}`,
      what: "routes",
      command: `ip -j -d -${family} route show table all`,
      batch: { options: `-d -${family}`, line: "route show table all" },
      parse: (output) => parseTables(output, family),
    },
    {
      name: `rules${family}`,
      what: "rules",
      // A kernel without IPv6 has no rules of it, and routes are then empty too.
      command: family === 4 ? "ip -j -4 rule" : "[ ! -e /proc/net/if_inet6 ] || ip -j -6 rule",
      batch: { options: `-d -${family}`, line: "rule" },
      parse: (output) => ({ rules: parseRules(output, family) }),
    },
  ]),
  {
    name: "devices",
    what: "devices",
    command: "ip -j -d -s addr",
    batch: { options: "-d -s", line: "addr" },
    parse: (output) => ({ links: parseLinks(output), counters: parseDeviceCounters(output) }),
  },
  {
    name: "neighbors",
    what: "neighbors",
    // With how long ago each has changed.
    command: "ip -j -s neigh",
    batch: { options: "-d -s", line: "neigh" },
    parse: (output) => ({ neighbors: parseNeighbors(output) }),
  },
  {
    name: "wireguard",
    what: "devices",
    command: wireguardCommand,
    parse: (output) => {
      const wireguard = parseWireguard(output);
      return wireguard.length === 0 ? {} : { wireguard };
    },
  },
  { name: "fdb", what: "FDB", command: "bridge -j fdb", parse: (output) => ({ fdb: parseFdb(output) }) },
];

/** Settings that can end packets, or change where they go (Documentation/networking/ip-sysctl.rst, nf_conntrack-sysctl.rst). */
const settingFiles = [
  ...["ip_forward", "ip_default_ttl", "ip_no_pmtu_disc", "ip_forward_use_pmtu", "icmp_echo_ignore_all"],
  ...["ipfrag_high_thresh", "ipfrag_time", "fib_multipath_hash_policy", "tcp_mtu_probing", "tcp_base_mss"],
  ...["tcp_min_snd_mss", "tcp_timestamps", "tcp_window_scaling", "tcp_ecn", "ip_local_port_range"],
  ...["icmp_ratelimit", "icmp_ratemask", "icmp_msgs_per_sec"],
  ...["gc_thresh3", "unres_qlen_bytes", "mcast_solicit", "proxy_qlen"].map((name) => `neigh/default/${name}`),
  ...["rp_filter", "forwarding", "proxy_arp", "arp_ignore", "arp_filter", "disable_policy"].map(
    (name) => `conf/*/${name}`,
  ),
  // Devices of pods are many, and their names begin with a c.
  ...["accept_local", "src_valid_mark", "route_localnet", "drop_unicast_in_l2_multicast", "proxy_arp_pvlan"].map(
    (name) => `conf/[!c]*/${name}`,
  ),
]
  .map((name) => `ipv4/${name}`)
  .concat(
    ...["forwarding", "disable_ipv6"].map((name) => `ipv6/conf/*/${name}`),
    ...["hop_limit", "mtu", "proxy_ndp", "accept_ra", "disable_policy", "seg6_enabled"].map(
      (name) => `ipv6/conf/[!c]*/${name}`,
    ),
    ...["neigh/default/gc_thresh3", "ip6frag_high_thresh", "icmp/ratelimit", "icmp/echo_ignore_all"].map(
      (name) => `ipv6/${name}`,
    ),
    ...["nf_conntrack_count", "nf_conntrack_max", "nf_conntrack_tcp_be_liberal", "nf_conntrack_tcp_loose"].map(
      (name) => `netfilter/${name}`,
    ),
    ...["nf_conntrack_checksum", "nf_conntrack_udp_timeout"].map((name) => `netfilter/${name}`),
    "bridge/bridge-nf-call-*",
  )
  .join(" ");

/** Kinds of queues that have a place for filters: at both ends of a device, or at its root. */
const twoWayQueues = ["clsact", "ingress"];
const rootQueues = ["htb", "prio", "hfsc", "drr", "qfq", "ets"];

/** Filters of the devices that have a place for them; most nodes have none, which the queues that were listed before tell. */
const classifiersOfAll = [
  `case "\${queues-none were listed: clsact}" in ${[...twoWayQueues, ...rootQueues].map((kind) => `*${kind}*`).join("|")})`,
  "! command -v tc >/dev/null || tc qdisc | while read -r _ kind _ _ device _; do",
  `case "$kind" in ${twoWayQueues.join("|")}) ways="ingress egress" ;; ${rootQueues.join("|")}) ways=root ;; *) continue ;; esac;`,
  'for way in $ways; do echo "$device $way $(tc -j filter show dev "$device" "$way" | tr -d "\\n")"; done;',
  "done ;; esac",
].join(" ");

/**
 * Only lines that tell what ends or changes packets, and the first three of what is in each set: whole rulesets of large clusters are
 * megabytes.
 */
const tellingLines =
  "sed -nE '/elements = \\{/{N;N;p;d;};/^table|^[[:space:]]*(chain|set|map) |hook |drop|reject|queue|vmap @|[ds]nat|masquerade|redirect|tproxy|notrack|synproxy|reset tcp|dup to|fwd to| set /p'";

/** Only lines that name a service's address: rules of kube-proxy, elements of its maps and of those that a lab makes. */
const translationLines =
  "grep -E 'daddr .*(KUBE-SVC|dnat)| \\. (tcp|udp) \\. [0-9a-z]+ : goto |[0-9a-f] \\. [0-9a-z-]+ : [0-9a-f]'";

/** All rules, listed once for the sections that look into them; where that failed, once more. */
const ruleset = `{ [ -n "\${rules+x}" ] || { listed=$(nft list ruleset) && rules=$listed; }; }`;

/** The rules' lines that a filter finds, or none. */
function linesOf(filter: string): string {
  return `${filter} <<RULES || true\n$rules\nRULES\n`;
}

/** What tells why packets end. */
export const counterSections: readonly Section[] = [
  {
    name: "settings",
    what: "settings",
    command: `(cd /proc/sys/net && grep -sH . ${settingFiles} || [ -r ipv4/ip_forward ])`,
    parse: (output) => ({ settings: parseSettings(output) }),
  },
  {
    name: "uptime",
    what: "counters",
    // Without a process: hundreds of nodes share a machine.
    command: 'read -r line </proc/uptime && echo "$line"',
    parse: (output) => ({ uptime: Number(output.trim().split(" ")[0]) }),
  },
  {
    name: "protocols",
    what: "counters",
    command:
      'set -- /proc/net/snmp /proc/net/netstat; for more in snmp6 xfrm_stat; do [ ! -e /proc/net/$more ] || set -- "$@" /proc/net/$more; done; cat "$@"',
    parse: (output) => ({ counters: parseProtocolCounters(output) }),
  },
  {
    name: "tracker",
    what: "counters",
    command: "[ ! -e /proc/net/stat/nf_conntrack ] || cat /proc/net/stat/nf_conntrack",
    parse: (output) => ({ counters: parseTrackerCounters(output) }),
  },
  {
    name: "queues",
    what: "counters",
    // tc(8) is a package of its own on some systems.
    command:
      'unset queues; if command -v tc >/dev/null; then listed=$(tc -s -j qdisc) && queues=$listed && echo "$queues"; else queues=; fi',
    parse: (output) => ({ counters: parseQueues(output) }),
  },
  {
    name: "classifiers",
    what: "packet filters",
    command: classifiersOfAll,
    parse: parseClassifiers,
  },
  {
    name: "nftables",
    what: "packet filters",
    command: `unset rules; ${ruleset} && { ${linesOf(tellingLines)} }`,
    parse: (output) => ({ drops: parseNftDrops(output), rewrites: parseNftRewrites(output) }),
  },
  {
    name: "translations",
    what: "packet filters",
    command: `${ruleset} && { ${linesOf(translationLines)} }`,
    parse: (output) => ({
      translated: parseTranslations(output),
      backends: parseBackends(output),
      backendPorts: parseBackendPorts(output),
    }),
  },
  ...(["iptables", "ip6tables"] as const).map((program): Section => ({
    name: program,
    what: "packet filters",
    command: legacyRules(program),
    parse: (output) => ({
      drops: parseIptablesDrops(output, program),
      rewrites: parseIptablesRewrites(output, program),
      translated: parseTranslations(output),
      backends: parseBackends(output),
      backendPorts: parseBackendPorts(output),
    }),
  })),
];

/** What nft(8) does not see: rules of the older kernel interface, which names its tables only where they are used. */
function legacyRules(program: "iptables" | "ip6tables"): string {
  const names = `/proc/net/${program === "iptables" ? "ip" : "ip6"}_tables_names`;
  const save = `$(command -v ${program}-legacy-save || echo ${program}-save)`;
  // Files below /proc have no size, and the first line tells as much as all.
  // Sets of Calico and kube-proxy are large, and known.
  const sets = `case $rules in *match-set*) ipset save 2>/dev/null | grep -v -e ' cali' -e ' KUBE-' | head -n 50 ;; esac`;
  return `! { read -r table <${names}; } 2>/dev/null || { rules=$(${save} -c) && echo "$rules" && { ${sets}; true; }; }`;
}
