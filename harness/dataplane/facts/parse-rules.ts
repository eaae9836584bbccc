import type { Family } from "../../topology/topology.ts";
import type { RuleFact } from "../node-facts.ts";
import { number, parseJsonList, text, type JsonObject } from "./parse-json.ts";

/** Fields of `ip -j rule` that a RuleFact has a place for, or that select nothing. */
const known = new Set([
  ...["priority", "src", "srclen", "dst", "dstlen", "iif", "iif_detached", "fwmark", "fwmask", "not"],
  ...["table", "action", "goto", "protocol", "type", "suppress_prefixlen", "flow_to", "flow_from"],
]);

/** Reads `ip -j rule` of one family. */
export function parseRules(json: string, family: Family): readonly RuleFact[] {
  return parseJsonList(json, "ip -j rule").map((rule) => {
    const table = text(rule.table);
    const goto = number(rule.goto);
    const action = goto === undefined ? (text(rule.action) ?? text(rule.type)) : `goto ${goto}`;
    const suppressed = number(rule.suppress_prefixlen);
    const to = networkOf(rule, "dst");
    const iif = text(rule.iif);
    const fwmark = markOf(rule);
    return {
      family,
      priority: number(rule.priority) ?? 0,
      from: networkOf(rule, "src") ?? "all",
      ...(to === undefined ? {} : { to }),
      ...(iif === undefined ? {} : { iif }),
      ...(fwmark === undefined ? {} : { fwmark }),
      // A flag without value, which ip(8) prints as null.
      not: "not" in rule && rule.not !== false,
      others: Object.entries(rule).flatMap(([key, value]) => (known.has(key) ? [] : [`${key} ${wordOf(value)}`])),
      ...(table === undefined ? {} : { table }),
      ...(suppressed === undefined ? {} : { suppressed }),
      ...(action === undefined || action === "to_tbl" ? {} : { action }),
    };
  });
}

function networkOf(rule: JsonObject, side: "src" | "dst"): string | undefined {
  const address = text(rule[side]);
  const length = number(rule[`${side}len`]);
  return address === undefined || length === undefined ? address : `${address}/${length}`;
}

function markOf({ fwmark, fwmask }: JsonObject): string | undefined {
  const mark = text(fwmark) ?? number(fwmark);
  if (mark === undefined) return undefined;
  const mask = text(fwmask);
  return mask === undefined ? String(mark) : `${mark}/${mask}`;
}

function wordOf(value: unknown): string {
  return value === null ? "" : typeof value === "string" ? value : JSON.stringify(value);
}
