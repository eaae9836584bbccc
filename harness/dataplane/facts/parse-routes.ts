import { destinationOf } from "../../topology/destination.ts";
import type { Family } from "../../topology/topology.ts";
import type { NextHop, NodeFacts, RouteFact, TableRoute } from "../node-facts.ts";
import { number, objects, parseJsonList, text, texts, type JsonObject } from "./parse-json.ts";

/**
 * Names of route protocols that ip(8) prints as numbers where /etc/iproute2/rt_protos is missing or short
 * (include/uapi/linux/rtnetlink.h, RTPROT_*).
 */
const protocolNames: Readonly<Record<string, string>> = { "2": "kernel", "3": "boot", "4": "static", "12": "bird" };

/**
 * Reads `ip -j [-d] route`, main table only. The family is told by the command that was run; without it, by each route's
 * own addresses. Without `-d` ip(8) leaves out type unicast and protocol boot: both are filled in.
 */
export function parseRoutes(json: string, family?: Family): readonly RouteFact[] {
  return mainTable(routesIn(json), family);
}

/** Reads `ip -j -d route show table all` of one family: each table's routes, as facts tell them. */
export function parseTables(
  json: string,
  family: Family,
): Required<Pick<NodeFacts, "routes" | "otherTables" | "localTable">> {
  const listed = routesIn(json);
  return {
    routes: mainTable(listed, family),
    otherTables: otherTables(listed, family),
    localTable: localTable(listed, family),
  };
}

/** Reads the same for what is in tables that only rules lead to. */
export function parseOtherTables(json: string, family: Family): readonly TableRoute[] {
  return otherTables(routesIn(json), family);
}

/** A tunnel of the route's own (`encap ip`) has a `dst` too, and ip(8) prints both in one object: JSON would keep the last. */
function routesIn(json: string): readonly JsonObject[] {
  return parseJsonList(json.replaceAll(/("encap":"[^"]*",[^{}]*?)"dst":/g, '$1"encapDst":'), "ip -j route");
}

function mainTable(listed: readonly JsonObject[], family?: Family): readonly RouteFact[] {
  return listed
    .filter((route) => tableOf(route) === "main")
    .map((route) => parseRoute(route, family ?? familyOfRoute(route)));
}

/** The kernel fills table local by itself. */
function otherTables(listed: readonly JsonObject[], family: Family): readonly TableRoute[] {
  return listed.flatMap((route) => {
    const table = tableOf(route);
    return table === "main" || isLocal(table) ? [] : [{ ...parseRoute(route, family), table }];
  });
}

/** The machine's own addresses, and whatever the kernel has not put there by itself. */
function localTable(listed: readonly JsonObject[], family: Family): readonly RouteFact[] {
  return listed
    .filter((route) => isLocal(tableOf(route)))
    .map((route) => parseRoute(route, family))
    .filter(({ type, protocol }) => type === "local" || protocol !== "kernel");
}

/** By its name, or by the number that ip(8) prints where /etc/iproute2/rt_tables is missing. */
function isLocal(table: string): boolean {
  return table === "local" || table === "255";
}

function tableOf(route: JsonObject): string {
  return text(route.table) ?? "main";
}

function parseRoute(route: JsonObject, family: Family): RouteFact {
  const protocol = text(route.protocol) ?? "boot";
  const type = text(route.type) ?? "unicast";
  const source = text(route.prefsrc);
  const metric = number(route.metric);
  const mtu = objects(route.metrics)
    .map((metrics) => number(metrics.mtu))
    .find((value) => value !== undefined);
  const hops = objects(route.nexthops).map(parseHop);
  const more = moreOf(route);
  return {
    family,
    destination: destinationOf(text(route.dst) ?? "default"),
    type,
    protocol: protocolNames[protocol] ?? protocol,
    onlink: texts(route.flags).includes("onlink"),
    // The kernel files IPv6 blackholes under lo; they leave by no device.
    ...(type === "blackhole" ? {} : wayOf(route)),
    ...(source === undefined ? {} : { source }),
    ...(mtu === undefined ? {} : { mtu }),
    ...(more.length === 0 ? {} : { more }),
    ...(metric === undefined || metric === 0 ? {} : { metric }),
    ...(hops.length === 0 ? {} : { hops }),
  };
}

/** Metrics that change packets, of the many that only tune a connection; and tunnels of the route's own (lwtunnel). */
function moreOf({ metrics, encap }: JsonObject): readonly string[] {
  const found = objects(metrics).flatMap((own) =>
    ["hoplimit", "advmss", "window"].flatMap((name) => {
      const value = number(own[name]);
      return value === undefined ? [] : [`${name} ${value}`];
    }),
  );
  return [...found, ...(text(encap) === undefined ? [] : [`encap ${text(encap)}`])];
}

function wayOf(route: JsonObject): Pick<RouteFact, "via" | "device"> {
  const via = text(route.gateway) ?? viaOf(route);
  const device = text(route.dev);
  return { ...(via === undefined ? {} : { via: destinationOf(via) }), ...(device === undefined ? {} : { device }) };
}

function parseHop(hop: JsonObject): NextHop {
  return { ...wayOf(hop), weight: number(hop.weight) ?? 1 };
}

/** Next hop of the other family (`via inet6 …`), which ip(8) prints as an object. */
function viaOf(route: JsonObject): string | undefined {
  const via = route.via;
  return typeof via === "object" && via !== null ? text((via as JsonObject).host) : undefined;
}

function familyOfRoute(route: JsonObject): Family {
  const addresses = [route.dst, route.gateway, route.prefsrc].map(text);
  const ipv6 = addresses.some((address) => address?.includes(":") === true) || route.pref !== undefined;
  return ipv6 ? 6 : 4;
}
