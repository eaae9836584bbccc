import { program, text, yes } from "../core/flags.ts";

/** Flags that several providers own, each declared once. */
export const sharedFlags = {
  agentImage: text(
    "ref",
    "image for nodes, routers, agents and pods that are containers (a cluster's nodes must be able to pull it)",
  ),
  allowModeChange: yes("change the mode of an existing cluster for the run; it is restored afterwards"),
  kubectl: program("kubectl program (default: kubectl on the PATH)"),
} as const;
