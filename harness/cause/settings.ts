import type { NodeFacts } from "../dataplane/node-facts.ts";

interface Setting {
  /** As sysctl(8) names it, with the device. */
  readonly name: string;
  readonly value: string;
}

/** A machine's settings by names that all machines share: uplinks and pods' devices are called alike. Devices of one kind that differ are told one by one. */
export function settingsOf({ settings = {}, links }: NodeFacts): ReadonlyMap<string, Setting> {
  const found = new Map<string, Setting>();
  for (const [name, value] of Object.entries(settings)) {
    if (isMachines(name)) continue;
    const device = /^ipv[46]\.conf\.(.+)\.[a-z0-9_]+$/.exec(name)?.[1];
    if (device !== undefined && !isTold(device, links)) continue;
    const key = device?.startsWith("cali") === true ? name.replace(device, "cali*") : name;
    const known = found.get(key);
    // One pod's device that is set otherwise than its neighbors' is what counts.
    if (known === undefined || (known.value !== value && harmIn(key, value) !== undefined))
      found.set(key, { name, value });
  }
  return found;
}

/** Values that every machine has its own of. */
function isMachines(name: string): boolean {
  return /nf_conntrack_(?:count|max|buckets)$|ipv6\.conf\..*\.mtu$/.test(name);
}

function isTold(device: string, links: NodeFacts["links"]): boolean {
  return device === "all" || device === "default" || links.some((link) => link.device === device);
}

interface Harm {
  readonly name: RegExp;
  readonly isHarmful: (value: number) => boolean;
  readonly words: string;
}

/** What ends packets wherever it is set (Documentation/networking/ip-sysctl.rst). */
const harms: readonly Harm[] = [
  { name: /arp_ignore$/, isHarmful: (value) => value >= 3, words: "it does not answer ARP for its addresses" },
  {
    name: /arp_filter$/,
    isHarmful: (value) => value === 1,
    words: "it answers ARP only where its own route to the asker leaves",
  },
  { name: /ip_default_ttl$|hop_limit$/, isHarmful: (value) => value < 16, words: "packets live for so few routers" },
  {
    name: /ipfrag_high_thresh$|ip6frag_high_thresh$/,
    isHarmful: (value) => value < 65_536,
    words: "no fragments are put together",
  },
  { name: /ipfrag_time$/, isHarmful: (value) => value < 2, words: "fragments are not waited for" },
  { name: /gc_thresh3$/, isHarmful: (value) => value < 32, words: "its table of neighbors is full after so many" },
  { name: /unres_qlen_bytes$/, isHarmful: (value) => value < 4096, words: "packets that wait for ARP are thrown away" },
  { name: /mcast_solicit$/, isHarmful: (value) => value < 1, words: "it does not ask who has an address" },
  { name: /echo_ignore_all$/, isHarmful: (value) => value === 1, words: "it answers no ping" },
  {
    name: /ip_no_pmtu_disc$/,
    isHarmful: (value) => value >= 2,
    words: "it does not believe who tells of a narrow link",
  },
  { name: /drop_unicast_in_l2_multicast$/, isHarmful: (value) => value === 1, words: "what floods reach is dropped" },
];

/** What is bad about a value; undefined where it is usual. `lo` and loose defaults harm nobody. */
export function harmIn(name: string, value: string): string | undefined {
  if (name.includes(".lo.") || !/^\d+$/.test(value)) return undefined;
  return harms.find((harm) => harm.name.test(name) && harm.isHarmful(Number(value)))?.words;
}
