import type { NodeFacts } from "../dataplane/node-facts.ts";
import { isAddress } from "../topology/address.ts";
import { destinationOf } from "../topology/destination.ts";
import { wordAfter } from "./parse-route-text.ts";

/** Reads what `ip neigh` prints: "192.168.0.1 dev vxlan.calico lladdr 66:… PERMANENT"; other lines are left out. */
export function parseNeighborText(text: string): NodeFacts["neighbors"] {
  return text.split("\n").flatMap((line) => {
    const words = line.trim().split(/\s+/);
    const [address = ""] = words;
    const device = wordAfter(words, "dev");
    if (!isAddress(address) || device === undefined) return [];
    const state = words.filter((word) => /^[A-Z]+$/.test(word)).join(",");
    const mac = (wordAfter(words, "lladdr") ?? "").toLowerCase();
    return [{ address: destinationOf(address), mac, device, state }];
  });
}

/**
 * Reads what `bridge fdb` prints, of which only entries with a remote address are VXLAN devices'. `bridge fdb show dev X` leaves the
 * device out of each line: it is then Calico's of the address's family.
 */
export function parseFdbText(text: string): NodeFacts["fdb"] {
  return text.split("\n").flatMap((line) => {
    const words = line.trim().split(/\s+/);
    const destination = wordAfter(words, "dst");
    const [mac = ""] = words;
    if (destination === undefined || !isAddress(destination)) return [];
    const device = wordAfter(words, "dev") ?? vxlanDeviceOf(destination);
    return [{ mac: mac.toLowerCase(), destination: destinationOf(destination), device }];
  });
}

/** The device that FDB entries with this remote address are of, where a bundle does not tell it. */
export function vxlanDeviceOf(destination: string): string {
  return destination.includes(":") ? "vxlan-v6.calico" : "vxlan.calico";
}
