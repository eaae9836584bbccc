import type { Family } from "../../topology/topology.ts";
import type { NodeFacts, Unreadable } from "../node-facts.ts";
import { parseDeviceCounters, parseProtocolCounters, parseTrackerCounters } from "./parse-counters.ts";
import { parseIptablesDrops, parseNftDrops } from "./parse-drops.ts";
import { parseFdb } from "./parse-fdb.ts";
import { parseLinks } from "./parse-links.ts";
import { parseNeighbors } from "./parse-neighbors.ts";
import { parseQueues } from "./parse-queues.ts";
import { parseIptablesRewrites, parseNftRewrites } from "./parse-rewrites.ts";
import { parseOtherTables, parseRoutes } from "./parse-routes.ts";
import { parseRules } from "./parse-rules.ts";
import { parseSettings } from "./parse-settings.ts";
import { parseTranslations } from "./parse-translations.ts";

/** One command that is run on a node, and how its answer becomes facts. */
export interface Section {
  readonly name: string;
  readonly what: Unreadable["what"];
  /** POSIX sh; its exit code says whether the answer can be used. */
  readonly command: string;
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
      parse: (output) => ({ routes: parseRoutes(output, family), otherTables: parseOtherTables(output, family) }),
    },
    {
      name: `rules${family}`,
      what: "rules",
      // A kernel without IPv6 has no rules of it, and routes are then empty too.
      command: family === 4 ? "ip -j -4 rule" : "[ ! -e /proc/net/if_inet6 ] || ip -j -6 rule",
      parse: (output) => ({ rules: parseRules(output, family) }),
    },
  ]),
  {
    name: "devices",
    what: "devices",
    command: "ip -j -d -s addr",
    parse: (output) => ({ links: parseLinks(output), counters: parseDeviceCounters(output) }),
  },
  {
    name: "neighbors",
    what: "neighbors",
    command: "ip -j neigh",
    parse: (output) => ({ neighbors: parseNeighbors(output) }),
  },
  { name: "fdb", what: "FDB", command: "bridge -j fdb", parse: (output) => ({ fdb: parseFdb(output) }) },
];

const settingFiles = [
  "ipv4/ip_forward",
  "ipv4/icmp_echo_ignore_all",
  ...["rp_filter", "forwarding", "proxy_arp", "arp_ignore"].map((name) => `ipv4/conf/*/${name}`),
  "ipv6/conf/*/forwarding",
  "netfilter/nf_conntrack_[cm][oa][ux]*",
].join(" ");

/** Only lines that tell what ends or changes packets: whole rulesets of large clusters are megabytes. */
const tellingLines =
  "grep -E '^table|^[[:space:]]*(chain|set|map) |hook |drop|reject|queue|vmap @|[ds]nat|masquerade|redirect|tproxy|notrack|dup to|fwd to| set '";

/** Only lines that name a service's address: rules of kube-proxy, elements of its maps and of those that a lab makes. */
const translationLines =
  "grep -E 'daddr .*(KUBE-SVC|dnat)| \\. (tcp|udp) \\. [0-9a-z]+ : goto |[0-9a-f] \\. [0-9a-z-]+ : [0-9a-f]'";

/** What tells why packets end. */
export const counterSections: readonly Section[] = [
  {
    name: "settings",
    what: "settings",
    command: `(cd /proc/sys/net && grep -sH . ${settingFiles} || [ -r ipv4/ip_forward ])`,
    parse: (output) => ({ settings: parseSettings(output) }),
  },
  {
    name: "protocols",
    what: "counters",
    command: "cat /proc/net/snmp /proc/net/netstat && { [ ! -e /proc/net/snmp6 ] || cat /proc/net/snmp6; }",
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
    command: "! command -v tc >/dev/null || tc -s -j qdisc",
    parse: (output) => ({ counters: parseQueues(output) }),
  },
  {
    name: "nftables",
    what: "packet filters",
    command: `rules=$(nft list ruleset) && { echo "$rules" | ${tellingLines} || true; }`,
    parse: (output) => ({ drops: parseNftDrops(output), rewrites: parseNftRewrites(output) }),
  },
  {
    name: "translations",
    what: "packet filters",
    command: `rules=$(nft list ruleset) && { echo "$rules" | ${translationLines} || true; }`,
    parse: (output) => ({ translated: parseTranslations(output) }),
  },
  ...(["iptables", "ip6tables"] as const).map((program): Section => ({
    name: program,
    what: "packet filters",
    command: legacyRules(program),
    parse: (output) => ({
      drops: parseIptablesDrops(output, program),
      rewrites: parseIptablesRewrites(output, program),
      translated: parseTranslations(output),
    }),
  })),
];

/** What nft(8) does not see: rules of the older kernel interface, which names its tables only where they are used. */
function legacyRules(program: "iptables" | "ip6tables"): string {
  const names = `/proc/net/${program === "iptables" ? "ip" : "ip6"}_tables_names`;
  const save = `$(command -v ${program}-legacy-save || echo ${program}-save)`;
  return `[ ! -s ${names} ] || { rules=$(${save} -c) && echo "$rules"; }`;
}
