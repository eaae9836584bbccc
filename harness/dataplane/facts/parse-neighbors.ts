import { destinationOf } from "../../topology/destination.ts";
import type { NodeFacts } from "../node-facts.ts";
import { parseJsonList, text, texts } from "./parse-json.ts";

/** Reads `ip -j neigh`; entries without a link-layer address (failed or incomplete ones) have an empty MAC. */
export function parseNeighbors(json: string): NodeFacts["neighbors"] {
  return parseJsonList(json, "ip -j neigh").map((entry) => ({
    address: destinationOf(text(entry.dst) ?? ""),
    mac: (text(entry.lladdr) ?? "").toLowerCase(),
    device: text(entry.dev) ?? "",
    state: texts(entry.state).join(","),
  }));
}
