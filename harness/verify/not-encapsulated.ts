import { defineCheck } from "./check.ts";
import { judgeForms } from "./judge-forms.ts";

/** The mirror image of encapsulated. Paths within a node are the business of no-leak: nothing of them is between nodes. */
export const notEncapsulated = defineCheck({
  of: "path",
  name: "not-encapsulated",
  part: "encapsulation",
  proves: "all packets between the nodes are plain, and none is encapsulated",
  judge: (pathCase) => judgeForms(pathCase, "not-encapsulated", ({ underlay }) => underlay === "plain"),
});
