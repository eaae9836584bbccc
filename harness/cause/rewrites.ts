import type { FilterFact } from "../dataplane/node-facts.ts";
import { placesOf } from "../verify/path-case.ts";
import { type Cause, type Incident, shownLines } from "./cause.ts";
import { factsOf } from "./counters.ts";
import { filterInWords } from "./filter-words.ts";

/** A rule that changes packets on the way of failing paths, and where it is. */
export interface Rewrite {
  readonly place: string;
  readonly fact: FilterFact;
  /** Packets that it met during the probes; missing where it does not count. */
  readonly grown?: number;
}

/** Rules that change packets on the ways of some paths, chosen by their words; those that count and met nothing are left out. */
export function rewritesOn(incident: Incident, paths: readonly string[], chosen: RegExp): readonly Rewrite[] {
  const { network, asked } = incident;
  const ids = new Set(paths);
  const own = asked.filter(({ expectation }) => ids.has(expectation.path.id));
  const places = new Set(
    own.flatMap(({ expectation }) => {
      const { source, target } = expectation.path;
      return [...placesOf(expectation), source.node, target.node, source.pod ?? source.node, target.pod ?? target.node];
    }),
  );
  return [...places].flatMap((place) => {
    const facts = factsOf(network.facts, place)?.rewrites ?? [];
    const earlier = network.before === undefined ? undefined : factsOf(network.before, place);
    return facts
      .filter(({ rule }) => chosen.test(rule))
      .flatMap((fact): readonly Rewrite[] => {
        if (fact.packets === undefined) return [{ place, fact }];
        const before = earlier?.rewrites?.find(({ where, rule }) => where === fact.where && rule === fact.rule);
        const grown = fact.packets - (before?.packets ?? 0);
        return grown > 0 ? [{ place, fact, grown }] : [];
      });
  });
}

/** "tor: table ip x chain p: udp dport 4789 masquerade" */
export function rewriteInWords({ place, fact, grown }: Rewrite): string {
  const counted = grown === undefined ? "" : ` (${grown} packets during the probes)`;
  return `${place}: ${filterInWords(fact)}${counted}`;
}

/** A cause with the rule that does it, where there is one that could. */
export function withRewrites(incident: Incident, cause: Cause, chosen: RegExp): Cause {
  const rewrites = rewritesOn(incident, cause.explains, chosen);
  const [first] = rewrites;
  if (first === undefined) return cause;
  return {
    ...cause,
    sentence: `${cause.sentence}; a rule that does so: ${rewriteInWords(first)}`,
    fix: `remove the rule, or exempt pods' and nodes' addresses from it; else ${cause.fix}`,
    evidence: [...rewrites.map(rewriteInWords), ...cause.evidence].slice(0, shownLines),
  };
}
