import type { LinkFact } from "../dataplane.ts";
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
      mac: text(link.address) ?? "",
      addresses: objects(link.addr_info).map(addressOf),
      ...(vxlan === undefined ? {} : { vxlan }),
    };
  });
}

function parseVxlan(data: JsonObject): NonNullable<LinkFact["vxlan"]> {
  return {
    vni: number(data.id) ?? 0,
    port: number(data.port) ?? 0,
    local: text(data.local) ?? text(data.local6) ?? "",
    // ip(8) prints the flag only where it differs from the kernel's default in some versions; the default is to learn.
    learning: data.learning !== false,
  };
}

function addressOf(info: JsonObject): string {
  return `${text(info.local) ?? ""}/${number(info.prefixlen) ?? ""}`;
}
