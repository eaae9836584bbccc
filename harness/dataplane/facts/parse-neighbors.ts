import type { NodeFacts } from "../dataplane.ts";
import { parseJsonList, text, texts } from "./parse-json.ts";

/** Reads `ip -j neigh`; entries without a link-layer address (failed or incomplete ones) have an empty MAC. */
export function parseNeighbors(json: string): NodeFacts["neighbors"] {
  return parseJsonList(json, "ip -j neigh").map((entry) => ({
    address: text(entry.dst) ?? "",
    mac: text(entry.lladdr) ?? "",
    device: text(entry.dev) ?? "",
    state: texts(entry.state).join(","),
  }));
}
