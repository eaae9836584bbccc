import type { OptionGroup } from "../provider/offer.ts";

/** Headings under which the help lists options, by the words of `--help GROUP`. */
export const helpGroups: Readonly<Record<OptionGroup | "prove" | "switch" | "costs" | "output", string>> = {
  prove: "What to prove:",
  switch: "A live switch:",
  costs: "What it costs:",
  lab: "The lab:",
  calico: "Real Calico:",
  kubernetes: "Kubernetes:",
  machines: "Machines:",
  output: "Output:",
};
