import { destinationOf } from "../../topology/destination.ts";
import type { NodeFacts } from "../node-facts.ts";
import { number, parseJsonList, text, texts } from "./parse-json.ts";

/** Reads `ip -j -s neigh`; entries without a link-layer address (failed or incomplete ones) have an empty MAC. */
export function parseNeighbors(json: string): NodeFacts["neighbors"] {
  return parseJsonList(json, "ip -j neigh").map((entry) => {
    const age = number(entry.updated);
    const mac = (text(entry.lladdr) ?? "").toLowerCase();
    return {
      address: destinationOf(text(entry.dst) ?? ""),
      mac,
      device: text(entry.dev) ?? "",
      state: texts(entry.state).join(","),
      ...(age === undefined || mac !== "" ? {} : { age }),
    };
  });
}
