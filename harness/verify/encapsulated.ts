import { defineCheck } from "./check.ts";
import { judgeForms } from "./judge-forms.ts";

/** Every packet that the mode encapsulates is encapsulated, at every tap between the nodes, in every such direction. */
export const encapsulated = defineCheck({
  of: "path",
  name: "encapsulated",
  part: "encapsulation",
  proves: "all packets between the nodes are inside the mode's encapsulation, and none is plain",
  judge: (pathCase) =>
    judgeForms(pathCase, "encapsulated", ({ underlay }) => underlay !== "plain" && underlay !== "none"),
});
