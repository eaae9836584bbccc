import type { Lab } from "../lab/lab.ts";
import type { ClusterAccess } from "./access.ts";

/** What a lab on Kubernetes has beside nodes: the way to its API, and a namespace for what a run makes there. */
export interface ClusterPart {
  readonly access: ClusterAccess;
  /** Of the run; removed with everything in it at the end. */
  readonly namespace: string;
  /** Image of agents and pods: has the programs of every probe. */
  readonly image: string;
  /**
   * "lab": the cluster was made for the run, Calico is installed and its mode changed at will; "guest": it is somebody's, and
   * only what `--allow-mode-change` permits is changed, and changed back.
   */
  readonly standing: "lab" | "guest";
  /** Names of the cluster's nodes, by the names that they have in the plan. */
  readonly nodeNames: Readonly<Record<string, string>>;
}

/** A lab whose nodes are those of a Kubernetes cluster. */
export interface KubernetesLab extends Lab {
  readonly kubernetes: ClusterPart;
}

/** Whether a lab is one of Kubernetes; only what works on clusters asks. */
export function isKubernetesLab(lab: Lab): lab is KubernetesLab {
  return "kubernetes" in lab;
}
