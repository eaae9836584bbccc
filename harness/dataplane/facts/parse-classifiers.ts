import type { ClassifierFact, NodeFacts } from "../node-facts.ts";
import { isObject, objects, text } from "./parse-json.ts";

/** Reads lines of a device, a direction and what `tc -j filter show` says of it: every filter that does something, once. */
export function parseClassifiers(lines: string): Required<Pick<NodeFacts, "classifiers">> {
  const found = lines.split("\n").flatMap((line): readonly ClassifierFact[] => {
    const [, device = "", way = "", json] = /^(\S+) (ingress|egress|root) (\[.*)$/.exec(line.trim()) ?? [];
    if (json === undefined) return [];
    const direction = way === "ingress" || way === "egress" ? way : "root";
    return objects(JSON.parse(json)).flatMap(({ kind, options }) => {
      if (!isObject(options)) return [];
      const program = isObject(options.prog) ? text(options.prog.name) : undefined;
      const actions = objects(options.actions).map((action) => {
        const then = isObject(action.control_action) ? text(action.control_action.type) : undefined;
        return [text(action.kind), then].filter((word) => word !== undefined).join(" ");
      });
      return [
        {
          device,
          direction,
          words: [text(kind) ?? "filter", ...(program === undefined ? [] : [program]), ...actions].join(" "),
        },
      ];
    });
  });
  const once = new Map(found.map((one) => [`${one.device} ${one.direction} ${one.words}`, one]));
  return { classifiers: [...once.values()] };
}
