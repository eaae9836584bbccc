import { forms } from "../encap/expectation.ts";
import { legsOf } from "../verify/path-case.ts";
import type { Category } from "../verify/verdict.ts";
import type { PathOutcome } from "./path-outcome.ts";
import { underlayName } from "./form-name.ts";

/**
 * Behind a failed path's expected form: the form in which its packets were seen instead, "→VXLAN"; that of its answers alone, "←VXLAN"; or
 * what else is wrong, " MTU". "" for paths that did not fail.
 */
export function seenInstead({ status, path, category }: PathOutcome): string {
  if (status !== "fail" || path === undefined) return "";
  const wrong = legsOf(path.expectation).map(({ direction, expected }) => {
    const own = path.hops.filter((hop) => hop.direction === direction);
    return { direction, forms: formsSeen(own).filter((form) => form !== underlayName(expected.underlay)) };
  });
  const first = wrong.find(({ forms }) => forms.length > 0);
  if (first !== undefined) return `${first.direction === "forward" ? "→" : "←"}${first.forms.join("+")}`;
  return category === undefined || byForm.has(category) ? "" : ` ${words[category] ?? category}`;
}

/** Categories that the form itself tells. */
const byForm: ReadonlySet<Category> = new Set(["needless encapsulation", "asymmetric"]);

const words: Partial<Readonly<Record<Category, string>>> = {
  "not reached": "lost",
  "lost on the way": "loss",
  "duplicated on the way": "copies",
  "changed on the way": "other marks",
  "size-dependent loss": "sizes",
  "unequal shares": "shares",
  "flow-dependent loss": "flows",
  "answered by another": "other",
  "wrong MTU": "MTU",
  "wrong outer address": "outer",
  "wrong outer header": "header",
  "wrong checksum": "checksum",
  "wrong source address": "source",
};

const formWords = new RegExp(String.raw`\b(?:${forms.join("|")})\b`, "gi");

/** Forms at the taps between nodes, in the order in which they were seen first. */
function formsSeen(hops: NonNullable<PathOutcome["path"]>["hops"]): readonly string[] {
  const between = hops.filter(({ role, packets }) => !role.endsWith("-pod") && packets > 0);
  const seen = between.flatMap(({ observed }) => [...observed.matchAll(formWords)].map(([word]) => word.toLowerCase()));
  return [...new Set(seen)].flatMap((word) => {
    const form = forms.find((known) => known === word);
    return form === undefined ? [] : [underlayName(form)];
  });
}
