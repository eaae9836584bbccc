import { parseFdb } from "../dataplane/facts/parse-fdb.ts";
import { parseLinks } from "../dataplane/facts/parse-links.ts";
import { parseNeighbors } from "../dataplane/facts/parse-neighbors.ts";
import { parseOtherTables, parseRoutes } from "../dataplane/facts/parse-routes.ts";
import { parseRules } from "../dataplane/facts/parse-rules.ts";
import type { LinkFact, NodeFacts, RouteFact, TableRoute, Unreadable } from "../dataplane/node-facts.ts";
import type { Family } from "../topology/topology.ts";
import type { NodePart } from "./bundle.ts";
import { connectedDevices, withAddressesOf } from "./connected-devices.ts";
import { parseLinkText } from "./parse-link-text.ts";
import { parseFdbText, parseNeighborText, vxlanDeviceOf } from "./parse-neighbor-text.ts";
import { parseRouteText } from "./parse-route-text.ts";
import { parseRuleText } from "./parse-rule-text.ts";

/** The files of one node, by what they tell; several may tell the same. */
export type NodeFiles = Partial<Record<NodePart, readonly string[]>>;

/** Makes facts of a node's files. What is not in them is unreadable, never absent. */
export function readFacts(node: string, files: NodeFiles, families: readonly Family[]): NodeFacts {
  const unreadable: Unreadable[] = [];
  const read = <T>(part: NodePart, what: Unreadable["what"], parse: (text: string) => readonly T[]): readonly T[] => {
    const [text] = bestFirst(files[part] ?? []);
    const found = text === undefined ? [] : orNone(() => parse(text));
    if (found.length > 0) return found;
    if (text === undefined) unreadable.push({ what, because: "not in the bundle" });
    else if (!(what === "neighbors" || what === "FDB") || text.trim() !== "")
      unreadable.push({ what, because: `nothing in its file is ${commands[what] ?? what} output` });
    return [];
  };
  const routes = families.flatMap((family) => routesOf(files, family, read));
  const rules = families.flatMap((family) =>
    read(family === 4 ? "rules" : "rules6", "rules", (text) =>
      isJson(text) ? parseRules(text, family) : parseRuleText(text, family),
    ),
  );
  const links = linksOf(files, routes, read);
  const neighbors = read("neighbors", "neighbors", (text) =>
    isJson(text) ? parseNeighbors(text) : parseNeighborText(text),
  );
  const fdb = read("fdb", "FDB", (text) =>
    isJson(text)
      ? parseFdb(text).map((entry) => ({ ...entry, device: entry.device || vxlanDeviceOf(entry.destination) }))
      : parseFdbText(text),
  );
  return {
    node,
    routes: routes.filter(({ table }) => table === "main"),
    otherTables: routes.filter(({ table }) => table !== "main" && table !== "local"),
    links,
    neighbors,
    fdb,
    rules,
    ...(unreadable.length === 0 ? {} : { unreadable }),
  };
}

type Read = <T>(part: NodePart, what: Unreadable["what"], parse: (text: string) => readonly T[]) => readonly T[];

const commands: Partial<Record<Unreadable["what"], string>> = {
  routes: "`ip route`",
  rules: "`ip rule`",
  devices: "`ip addr`",
  neighbors: "`ip neigh`",
  FDB: "`bridge fdb`",
};

/** `ip -j route show table all` tells of both families; `ip route` of IPv4 alone. */
function routesOf(files: NodeFiles, family: Family, read: Read): readonly TableRoute[] {
  const json = (text: string): readonly TableRoute[] => {
    const main = parseRoutes(text).filter((route) => route.family === family);
    const others = parseOtherTables(text, family).filter(({ destination, via = "" }) =>
      destination === "default" ? family === 4 || via.includes(":") : destination.includes(":") === (family === 6),
    );
    return [...main.map((route) => ({ ...route, table: "main" })), ...others];
  };
  const part = family === 6 && files.routes6 !== undefined ? "routes6" : "routes";
  return read(part, "routes", (text) => (isJson(text) ? json(text) : parseRouteText(text, family)));
}

/**
 * Addresses come from `ip addr`; what a tunnel was made with from whichever was asked with `-d`. Where nobody asked `ip addr`, the
 * kernel's own routes tell the addresses of the devices that have a network.
 */
function linksOf(files: NodeFiles, routes: readonly RouteFact[], read: Read): readonly LinkFact[] {
  const parse = (text: string): readonly LinkFact[] => {
    if (!isJson(text)) return parseLinkText(text);
    const links = parseLinks(text);
    return text.includes("linkinfo") ? links : links.map((link) => ({ ...link, kind: "" }));
  };
  if (files.addresses === undefined && files.links !== undefined)
    return withAddressesOf(routes, read("links", "devices", parse));
  const withAddresses = read("addresses", "devices", parse);
  if (withAddresses.length === 0) return connectedDevices(routes);
  const [details] = bestFirst(files.links ?? []);
  const detailed = details === undefined ? [] : orNone(() => parse(details));
  return withAddresses.map((link) => {
    const more = detailed.find(({ device }) => device === link.device);
    if (more === undefined || link.kind !== "") return link;
    return { ...link, kind: more.kind, ...(more.vxlan === undefined ? {} : { vxlan: more.vxlan }) };
  });
}

/** Of several answers the one that tells most: JSON, then with details. */
function bestFirst(texts: readonly string[]): readonly string[] {
  const worth = (text: string): number =>
    (isJson(text) ? 2 : 0) + (/linkinfo|promiscuity|\bscope global\b/.test(text) ? 1 : 0);
  return texts.toSorted((a, b) => worth(b) - worth(a));
}

function isJson(text: string): boolean {
  return text.trimStart().startsWith("[");
}

/** A broken file is as one that says nothing. */
function orNone<T>(parse: () => readonly T[]): readonly T[] {
  try {
    return parse();
  } catch {
    return [];
  }
}
