import type { NodeFacts } from "../node-facts.ts";
import { number, parseJsonList, text } from "./parse-json.ts";

/** Reads `tc -s -j qdisc`: packets that each queue of a device threw away, as "eth0.queue.tbf.drops"; devices without a queue have none. */
export function parseQueues(json: string): NonNullable<NodeFacts["counters"]> {
  const counters: Record<string, number> = {};
  for (const queue of parseJsonList(json, "tc -s -j qdisc")) {
    const [device, kind, drops] = [text(queue.dev), text(queue.kind), number(queue.drops)];
    if (device === undefined || kind === undefined || kind === "noqueue" || drops === undefined) continue;
    const name = `${device}.queue.${kind}.drops`;
    counters[name] = (counters[name] ?? 0) + drops;
  }
  return counters;
}
