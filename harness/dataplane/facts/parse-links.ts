import { canonicalForm, isCidr } from "../../topology/address.ts";
import { destinationOf } from "../../topology/destination.ts";
import type { LinkFact, VxlanFact } from "../node-facts.ts";
import { isObject, number, objects, parseJsonList, text, texts, type JsonObject } from "./parse-json.ts";

/** Reads `ip -j -d addr` (or `ip -j -d link`, which knows no addresses). */
export function parseLinks(json: string): readonly LinkFact[] {
  return parseJsonList(json, "ip -j -d addr").map((link) => {
    const info = isObject(link.linkinfo) ? link.linkinfo : {};
    const kind = text(info.info_kind) ?? text(link.link_type) ?? "";
    const vxlan = kind === "vxlan" && isObject(info.info_data) ? parseVxlan(info.info_data) : undefined;
    return {
      device: text(link.ifname) ?? "",
      kind,
      mtu: number(link.mtu) ?? 0,
      up: texts(link.flags).includes("UP"),
      mac: (text(link.address) ?? "").toLowerCase(),
      addresses: objects(link.addr_info).map(addressOf),
      ...extrasOf(link),
      ...(vxlan === undefined ? {} : { vxlan }),
    };
  });
}

function extrasOf(link: JsonObject): Pick<LinkFact, "noArp" | "master" | "xdp"> {
  const master = text(link.master);
  const program = isObject(link.xdp) && isObject(link.xdp.prog) ? link.xdp.prog : undefined;
  const xdp = program === undefined ? undefined : (text(program.name) ?? `program ${number(program.id) ?? ""}`);
  return {
    ...(texts(link.flags).includes("NOARP") ? { noArp: true } : {}),
    ...(master === undefined ? {} : { master }),
    ...(xdp === undefined ? {} : { xdp }),
  };
}

/** Options of ip-link(8) that change where frames go, or what stands in VXLAN's header, by their names in its JSON. */
const vxlanOptions: Readonly<Record<string, string>> = {
  ...{ gbp: "gbp", gpe: "gpe", external: "external", proxy: "proxy", rsc: "rsc", l2miss: "l2miss", l3miss: "l3miss" },
  ...{ remcsum_tx: "remcsumtx", remcsum_rx: "remcsumrx", vnifilter: "vnifilter" },
};

function optionsOf(data: JsonObject): Pick<VxlanFact, "options"> {
  const group = text(data.group) ?? text(data.group6) ?? text(data.remote) ?? text(data.remote6);
  const on = Object.entries(vxlanOptions).flatMap(([key, name]) => (data[key] === true ? [name] : []));
  const options = [...on, ...(group === undefined ? [] : [`group ${group}`])];
  return options.length === 0 ? {} : { options };
}

function parseVxlan(data: JsonObject): VxlanFact {
  // ip(8) tells the parent wherever there is one.
  const parent = text(data.link) ?? "none";
  const checksum = data.udp_csum;
  const ttl = number(data.ttl);
  const df = text(data.df);
  const tos = text(data.tos);
  const range = isObject(data.port_range) ? data.port_range : {};
  const [low, high] = [number(range.low), number(range.high)];
  return {
    vni: number(data.id) ?? 0,
    port: number(data.port) ?? 0,
    local: destinationOf(text(data.local) ?? text(data.local6) ?? ""),
    // ip(8) prints the flag only where it differs from the kernel's default in some versions; the default is to learn.
    learning: data.learning !== false,
    parent,
    ...(typeof checksum === "boolean" ? { udpChecksum: checksum } : {}),
    ...(ttl === undefined ? {} : { ttl }),
    ...(df === undefined ? {} : { df }),
    ...(tos === undefined ? {} : { tos }),
    ...(low === undefined || high === undefined ? {} : { sourcePorts: [low, high] as const }),
    ...optionsOf(data),
  };
}

function addressOf(info: JsonObject): string {
  const address = `${text(info.local) ?? ""}/${number(info.prefixlen) ?? ""}`;
  return isCidr(address) ? canonicalForm(address) : address;
}
