import { leadsBy } from "../verify/path-case.ts";
import { type Rule, shownLines } from "./cause.ts";
import { crossedBy, isLossy } from "./crossings.ts";
import { rewriteInWords, rewritesOn } from "./rewrites.ts";

/** Packets end where a rule changes them, or sends them elsewhere: who gets them throws them away. */
export const untoldRewrite: Rule = {
  name: "untold-rewrite",
  find: (incident) => {
    const failing = new Set(incident.failed.map(({ id }) => id));
    const lossy = incident.crossings.filter((crossing) => failing.has(crossing.path.id) && isLossy(crossing));
    const ids = [...new Set(lossy.map(({ path }) => path.id))];
    const rewrites = rewritesOn(incident, ids, /./);
    const places = [...new Set(rewrites.map(({ place }) => place))];
    return places.flatMap((place) => {
      const own = rewrites.filter((one) => one.place === place);
      // What is changed at one place may be thrown away at the next.
      const ended = lossy.filter((crossing) => crossedBy(crossing).includes(place));
      const leads = incident.cases.filter(({ expectation }) => leadsBy(expectation, place));
      const isOnAll = ids.every((id) => leads.some(({ expectation }) => expectation.path.id === id));
      const explains = ended.length > 0 && !isOnAll ? ended.map(({ path }) => path.id) : ids;
      const [first] = own;
      if (first === undefined) return [];
      return [
        {
          name: "untold-rewrite",
          sentence: `packets are lost where a rule changes them, or sends them elsewhere: ${rewriteInWords(first)}`,
          fix: "remove the rule, or exempt pods' and nodes' addresses from it",
          issues: ["#8934"],
          evidence: own.map(rewriteInWords).slice(0, shownLines),
          explains: [...new Set(explains)],
        },
      ];
    });
  },
};
