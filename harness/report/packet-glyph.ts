import type { HopRecord } from "../run/record.ts";
import { label, rect } from "./svg.ts";

/** A packet as a tap saw it, around the point (x, y): plain, a packet in a packet, or nothing at all. */
export function packetGlyph(hop: HopRecord, x: number, y: number, observed: boolean): string {
  const tunnel = tunnels.find((name) => hop.observed.toLowerCase().includes(name));
  const faulty = hop.ok ? "" : "wrong";
  if (observed && hop.packets === 0) return nothing(hop, x, y, faulty);
  return tunnel === undefined ? plain(hop, x, y, faulty) : nested(hop, x, y, tunnel, faulty);
}

const tunnels = ["vxlan", "ipip", "wireguard"];

function plain(hop: HopRecord, x: number, y: number, faulty: string): string {
  const box = rect({ x: x - 42, y: y - 13, width: 84, height: 26, rx: 5, class: faulty || "plain" });
  return box + caption(shortForm(hop.observed), x, y + 4);
}

function nested(hop: HopRecord, x: number, y: number, tunnel: string, faulty: string): string {
  const outer = rect({ x: x - 68, y: y - 31, width: 136, height: 62, rx: 7, class: faulty || "outer" });
  const inner = rect({ x: x - 42, y: y - 3, width: 84, height: 26, rx: 5, class: "plain" });
  const form = shortForm(hop.observed);
  const name = form.toLowerCase() === tunnel && tunnel !== "wireguard" ? tunnel.toUpperCase() : form;
  return outer + caption(name, x, y - 13) + inner + caption("inner packet", x, y + 14);
}

function nothing(hop: HopRecord, x: number, y: number, faulty: string): string {
  const frame = rect({ x: x - 42, y: y - 13, width: 84, height: 26, rx: 5, class: "none" });
  return frame + label(hop.observed, { ...centered(x, y + 4), class: faulty === "" ? "faint" : "bad" }, 16);
}

/** The count stands below the packet; it is repeated only where forms are mixed. */
function shortForm(observed: string): string {
  return observed.includes(",") ? observed : observed.replace(/ ×\d+$/, "");
}

function caption(text: string, x: number, y: number): string {
  return label(text, { ...centered(x, y), class: "ink" }, 20);
}

function centered(x: number, y: number): Readonly<Record<string, string | number>> {
  return { x, y, "font-size": 12, "text-anchor": "middle" };
}
