import { destinationOf } from "../../topology/destination.ts";
import type { NodeFacts } from "../node-facts.ts";
import { number, parseJsonList, text, type JsonObject } from "./parse-json.ts";

/**
 * Reads `bridge -j fdb`: only entries that point to a remote address, which are those of VXLAN devices. `bridge fdb show
 * dev X` leaves the device out of each entry; then it is the one given here.
 */
export function parseFdb(json: string, device = ""): NodeFacts["fdb"] {
  return parseJsonList(json, "bridge -j fdb").flatMap((entry) => {
    const destination = text(entry.dst);
    if (destination === undefined) return [];
    return [
      {
        mac: (text(entry.mac) ?? "").toLowerCase(),
        destination: destinationOf(destination),
        device: text(entry.ifname) ?? device,
        ...otherwise(entry),
      },
    ];
  });
}

function otherwise({ vni, port, viaIf }: JsonObject): { readonly otherwise?: string } {
  const words = [
    ...(number(vni) === undefined ? [] : [`vni ${number(vni)}`]),
    ...(number(port) === undefined ? [] : [`port ${number(port)}`]),
    ...(text(viaIf) === undefined ? [] : [`via ${text(viaIf)}`]),
  ];
  return words.length === 0 ? {} : { otherwise: words.join(" ") };
}
