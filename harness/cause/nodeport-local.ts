import { listOf } from "../verify/words.ts";
import { type Rule, shownLines } from "./cause.ts";

/** A node answers, refuses or passes on what it must drop: it has no backend of a Service with externalTrafficPolicy Local. */
export const nodeportLocal: Rule = {
  name: "nodeport-local",
  find: ({ failed, cases }) => {
    // What ended before that node has another cause.
    const answered = failed.filter(({ check, category }) => check === "reached" && category === "leak");
    const reasons = new Map(answered.map(({ id, reason }) => [id, reason]));
    const found = cases.flatMap(({ expectation: { path, forward } }) =>
      path.traffic === "external-to-nodeport-local" && forward.dies !== undefined && reasons.has(path.id) ? [path] : [],
    );
    if (found.length === 0) return [];
    const nodes = [...new Set(found.flatMap(({ nodePort }) => nodePort?.node ?? []))].toSorted();
    const ports = [...new Set(found.flatMap(({ nodePort }) => nodePort?.port ?? []))].toSorted();
    const [does, have] = nodes.length === 1 ? ["does", "has"] : ["do", "have"];
    return [
      {
        name: "nodeport-local",
        sentence: `${listOf(nodes)} ${does} not drop requests to NodePort ${ports.join(", ")}, of which ${listOf(nodes)} ${have} no backend though externalTrafficPolicy is Local`,
        fix: 'see the rules for that port on that node (nft list ruleset, iptables-save -t nat and -t filter: "has no local endpoints"), and what of others translates it',
        issues: [],
        evidence: found.flatMap(({ id }) => reasons.get(id) ?? []).slice(0, shownLines),
        explains: found.map(({ id }) => id),
      },
    ];
  },
};
