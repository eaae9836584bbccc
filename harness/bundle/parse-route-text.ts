import type { NextHop, RouteFact, TableRoute } from "../dataplane/node-facts.ts";
import { destinationOf } from "../topology/destination.ts";
import type { Family } from "../topology/topology.ts";

/** Types that ip(8) prints before a destination; "unicast" only with `-d` (ip-route(8)). */
const types = new Set([
  ...["unicast", "blackhole", "unreachable", "prohibit", "throw"],
  ...["local", "broadcast", "multicast", "anycast", "nat"],
]);

/** Numbers that ip(8) prints where /etc/iproute2/rt_protos is missing or short (linux/rtnetlink.h, RTPROT_*). */
const protocols: Readonly<Record<string, string>> = { "2": "kernel", "3": "boot", "4": "static", "12": "bird" };

/** Reads what `ip [-d] route [show table all]` prints; lines that are no route are left out. */
export function parseRouteText(text: string, family: Family): readonly TableRoute[] {
  return wholeLines(text).flatMap((words) => parseRoute(words, family) ?? []);
}

/** Next hops of a route stand on lines of their own, which begin with blanks. */
function wholeLines(text: string): readonly (readonly string[])[] {
  const lines: string[] = [];
  for (const line of text.split("\n")) {
    if (/^\s/.test(line) && lines.length > 0) lines.push(`${lines.pop() ?? ""} ${line.trim()}`);
    else lines.push(line);
  }
  return lines.map((line) => line.split(/\s+/).filter((word) => word !== ""));
}

function parseRoute(words: readonly string[], family: Family): TableRoute | undefined {
  const [first = "", second = ""] = words;
  const typed = types.has(first);
  const type = typed ? first : "unicast";
  const destination = typed ? second : first;
  if (destination !== "default" && !isNetwork(destination, family)) return undefined;
  const [own = [], ...hops] = split(words.slice(typed ? 2 : 1), "nexthop");
  const after = (key: string): string | undefined => wordAfter(own, key);
  const protocol = after("proto") ?? "boot";
  const [source, mtu, metric] = [after("src"), numberAfter(own, "mtu"), numberAfter(own, "metric")];
  return {
    family,
    table: after("table") ?? "main",
    destination: destinationOf(destination),
    type,
    protocol: protocols[protocol] ?? protocol,
    onlink: own.includes("onlink"),
    // The kernel files IPv6 blackholes under lo; they leave by no device.
    ...(type === "blackhole" ? {} : wayOf(own)),
    ...(source === undefined ? {} : { source }),
    ...(mtu === undefined ? {} : { mtu }),
    ...(metric === undefined || metric === 0 ? {} : { metric }),
    ...(hops.length === 0 ? {} : { hops: hops.map(hopOf) }),
  };
}

function isNetwork(word: string, family: Family): boolean {
  return family === 4 ? /^\d+\.\d+\.\d+\.\d+(\/\d+)?$/.test(word) : /^[0-9a-f:.]*:[0-9a-f:.]*(\/\d+)?$/i.test(word);
}

function wayOf(words: readonly string[]): Pick<RouteFact, "via" | "device"> {
  // `via inet6 fe80::1`: a next hop of the other family.
  const first = wordAfter(words, "via");
  const via = first === "inet" || first === "inet6" ? words[words.indexOf("via") + 2] : first;
  const device = wordAfter(words, "dev");
  return { ...(via === undefined ? {} : { via: destinationOf(via) }), ...(device === undefined ? {} : { device }) };
}

function hopOf(words: readonly string[]): NextHop {
  return { ...wayOf(words), weight: numberAfter(words, "weight") ?? 1 };
}

/** The word that follows a key; undefined where the key is missing. */
export function wordAfter(words: readonly string[], key: string): string | undefined {
  const index = words.indexOf(key);
  return index < 0 ? undefined : words[index + 1];
}

function numberAfter(words: readonly string[], key: string): number | undefined {
  const word = wordAfter(words, key);
  const value = word === "lock" ? words[words.indexOf(key) + 2] : word;
  return value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined;
}

function split(words: readonly string[], separator: string): readonly (readonly string[])[] {
  const parts: string[][] = [[]];
  for (const word of words) {
    if (word === separator) parts.push([]);
    else parts.at(-1)?.push(word);
  }
  return parts;
}
