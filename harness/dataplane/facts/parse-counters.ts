import type { LinkFact, NodeFacts } from "../node-facts.ts";
import { isObject, number, parseJsonList, text, type JsonObject } from "./parse-json.ts";

type Counters = NonNullable<NodeFacts["counters"]>;

/** Counters of /proc/net/snmp and netstat that tell of packets that ended here, and how many were passed on. */
const telling = new Set([
  ...["Ip.InHdrErrors", "Ip.InAddrErrors", "Ip.ForwDatagrams", "Ip.InDiscards", "Ip.OutDiscards", "Ip.OutNoRoutes"],
  ...["Ip.InUnknownProtos", "IpExt.InTruncatedPkts", "Ip6.InHdrErrors", "Ip6.InTooBigErrors", "Ip6.ReasmFails"],
  ...["Ip.ReasmFails", "Ip.FragFails", "IpExt.InNoRoutes", "IpExt.InCsumErrors", "TcpExt.IPReversePathFilter"],
  ...["Udp.NoPorts", "Udp.InErrors", "Udp.RcvbufErrors", "Udp.InCsumErrors", "Tcp.InCsumErrors"],
  ...[
    "Ip6.InNoRoutes",
    "Ip6.InAddrErrors",
    "Ip6.InDiscards",
    "Ip6.OutDiscards",
    "Ip6.OutNoRoutes",
    "Ip6.OutForwDatagrams",
  ],
]);

/** Ways of the connection tracker to lose packets or to call them invalid (/proc/net/stat/nf_conntrack). */
const tracked = new Set(["drop", "early_drop", "insert_failed", "invalid"]);

const dropped = "conntrack.drop";
const clashed = "conntrack.insert_failed";

/** Reads /proc/net/snmp, netstat, snmp6 and xfrm_stat, one after the other. */
export function parseProtocolCounters(lines: string): Counters {
  const counters: Record<string, number> = {};
  const rows = lines.split("\n");
  for (const [index, row] of rows.entries()) {
    const [head = "", ...words] = row.trim().split(/\s+/);
    const [, ...values] = rows[index + 1]?.startsWith(head) === true ? (rows[index + 1] ?? "").trim().split(/\s+/) : [];
    if (head.endsWith(":") && /^[A-Za-z]/.test(words[0] ?? ""))
      for (const [column, word] of words.entries()) keep(counters, `${head.slice(0, -1)}.${word}`, values[column]);
    else if (head.startsWith("Ip6")) keep(counters, `Ip6.${head.slice(3)}`, words[0]);
    // Each of them counts packets that IPsec threw away (Documentation/networking/xfrm_proc.rst).
    else if (head.startsWith("Xfrm") && words[0] !== undefined) counters[`Xfrm.${head}`] = Number(words[0]);
  }
  return counters;
}

function keep(counters: Record<string, number>, name: string, value: string | undefined): void {
  if (telling.has(name) && value !== undefined) counters[name] = Number(value);
}

/**
 * Reads /proc/net/stat/nf_conntrack: hexadecimal, one row for each processor. The kernel counts a connection that looks like another
 * one twice, as `insert_failed` and as `drop` (net/netfilter/nf_conntrack_core.c, nf_ct_resolve_clash): here `drop` is the rest.
 */
export function parseTrackerCounters(lines: string): Counters {
  const [head = "", ...rows] = lines.trim().split("\n");
  const counters: Record<string, number> = {};
  for (const [column, word] of head.trim().split(/\s+/).entries()) {
    if (!tracked.has(word)) continue;
    const values = rows.map((row) => parseInt(row.trim().split(/\s+/)[column] ?? "0", 16));
    counters[`conntrack.${word}`] = values.reduce((sum, value) => sum + value, 0);
  }
  const { [dropped]: all, [clashed]: clashes = 0 } = counters;
  return all === undefined ? counters : { ...counters, [dropped]: Math.max(0, all - clashes) };
}

/** Reads what `ip -j -s addr` counts of each device: errors and drops, in and out. */
export function parseDeviceCounters(json: string): Counters {
  const entries = parseJsonList(json, "ip -j -s addr").flatMap((link) => {
    const stats = isObject(link.stats64) ? link.stats64 : {};
    const device = text(link.ifname) ?? "";
    return (["rx", "tx"] as const).flatMap((way) => lost(device, way, stats[way]));
  });
  return Object.fromEntries(entries);
}

function lost(device: LinkFact["device"], way: "rx" | "tx", counted: unknown): readonly (readonly [string, number])[] {
  const stats: JsonObject = isObject(counted) ? counted : {};
  return (["errors", "dropped", "carrier_errors"] as const).flatMap((name) => {
    const value = number(stats[name]);
    return value === undefined ? [] : [[`${device}.${way}.${name}`, value] as const];
  });
}
