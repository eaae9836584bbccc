import { leadsBy } from "../verify/path-case.ts";
import type { Incident, Rule } from "./cause.ts";
import { ofVerdicts, placeIn } from "./of-verdicts.ts";
import { rewritesOn } from "./rewrites.ts";

const rewrites = / (?:dscp|ttl|hoplimit) set |-j (?:DSCP|TOS|TTL|HL)/;

const base = ofVerdicts({
  name: "header-rewritten",
  issues: [],
  fix: "look there for mangle rules (nft: dscp, ttl or hoplimit set; iptables: DSCP, TOS, TTL, HL; tc: pedit), and for a switch that trusts no marks of hosts",
  check: "conservation",
  chosen: ({ category }) => category === "changed on the way",
  rewrites,
  sentence: (finding) => `packets have other marks than they were sent with from ${placeIn(finding)} on: ${finding}`,
});

/** Somebody gives packets another DSCP or TTL on their way: the form is right, but queues and policies by class no longer are. */
export const headerRewritten: Rule = {
  ...base,
  find: (incident) =>
    base.find(incident).map((cause) => ({
      ...cause,
      explains: [...new Set([...cause.explains, ...lostWhereRewritten(incident, cause.explains)])],
    })),
};

/** Failing paths that lead through a place with such a rule: packets that are lost behind it were given too short a life there. */
function lostWhereRewritten(incident: Incident, explained: readonly string[]): readonly string[] {
  const places = rewritesOn(incident, explained, rewrites).map(({ place }) => place);
  return incident.cases
    .filter(({ expectation }) => places.some((place) => leadsBy(expectation, place)))
    .map(({ expectation }) => expectation.path.id);
}
