import { failuresOf, type Rule, shownLines } from "./cause.ts";

/** BGP does not bring the routes that it must. */
export const bgpSessions: Rule = {
  name: "bgp-sessions",
  find: (incident) => {
    const wrong = incident.failed.filter(({ check }) => check === "bgp");
    const [first] = wrong;
    if (first === undefined) return [];
    // A router's verdict is about a node whose routes it has not: that node's paths die.
    const named = incident.network.plan.nodes.filter(({ name }) =>
      wrong.some(({ reason = "" }) => new RegExp(`\\b${name}\\b`).test(reason)),
    );
    const speakers = [...wrong.map(({ id }) => id.split("/").at(-1) ?? ""), ...named.map(({ name }) => name)];
    return [
      {
        name: "bgp-sessions",
        sentence: `BGP: ${first.reason ?? ""}`,
        fix: "birdcl show protocols all on both ends: check that TCP 179 passes and that AS numbers, addresses and filters agree",
        issues: ["#4059", "#4479", "#6643"],
        evidence: wrong.flatMap(({ reason }) => reason ?? []).slice(0, shownLines),
        explains: failuresOf(incident, ...speakers),
      },
    ];
  },
};
