import { failuresOf, type Rule } from "./cause.ts";
import { crossedBy, isLossy } from "./crossings.ts";

/** Name of the kernel's counter (Documentation/networking/ip-sysctl.rst, rp_filter; net/ipv4/fib_frontend.c). */
const counter = "TcpExt.IPReversePathFilter";

/** Strict reverse-path filtering drops what comes in by another device than the way back leaves by. */
export const reversePathFilter: Rule = {
  name: "reverse-path-filter",
  find: (incident) => {
    const { network, crossings, failed } = incident;
    const { facts, before } = network;
    const earlier = new Map((before?.nodes ?? []).map((node) => [node.node, node.counters?.[counter] ?? 0]));
    const failing = new Set(failed.map(({ id }) => id));
    const lossy = crossings.filter((crossing) => failing.has(crossing.path.id) && isLossy(crossing));
    return facts.nodes.flatMap(({ node, counters, settings = {} }) => {
      const grown = (counters?.[counter] ?? 0) - (earlier.get(node) ?? 0);
      const own = lossy.filter((crossing) => crossedBy(crossing).includes(node));
      // Its own wrong routes are what makes the way back another one.
      const explains = [...new Set([...own.map(({ path }) => path.id), ...failuresOf(incident, node)])];
      const ended = own.length > 0;
      if (grown <= 0 || !ended) return [];
      const strict = Object.entries(settings).filter(([name, value]) => name.endsWith(".rp_filter") && value === "1");
      return [
        {
          name: "reverse-path-filter",
          sentence: `${node} drops packets by strict reverse-path filtering (${grown} during the probes): they arrive on another device than its return route uses`,
          fix: "fix the return route, or set rp_filter to 2 (loose) on that device and on all",
          issues: ["felix#1248", "felix#2082", "#592", "#4630"],
          evidence: [`${node}: ${counter} +${grown}`, ...strict.map(([name]) => `${node}: ${name} is 1`)],
          explains,
        },
      ];
    });
  },
};
