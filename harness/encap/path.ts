import type { Family } from "../topology/topology.ts";
import type { ModeId } from "./mode.ts";

/** Who talks to whom, in the order in which it is printed. */
export const traffics = [
  "pod-to-pod",
  "pod-to-clusterip",
  "host-to-pod",
  "host-to-clusterip",
  "pod-to-host",
  "pod-to-host-service",
  "pod-to-external",
  "external-to-nodeport",
  "external-to-nodeport-local",
  "nodeport-to-pod",
  "external-to-loadbalancer",
  "external-to-loadbalancer-local",
  "loadbalancer-to-pod",
  "pod-to-service",
] as const;
export type Traffic = (typeof traffics)[number];

/** Whether only topologies that ask for it have the traffic: hosts outside, pods in nodes' own networks, Services with several backends. */
export function isSpecial(traffic: Traffic): boolean {
  return traffic.includes("external") || isSecondLeg(traffic) || traffic.endsWith("-service");
}

/** Whether traffic is what a node sends on to the backend of a Service that a host outside asked it for. */
export function isSecondLeg(traffic: Traffic): traffic is "nodeport-to-pod" | "loadbalancer-to-pod" {
  return traffic === "nodeport-to-pod" || traffic === "loadbalancer-to-pod";
}

/** Whether pods go to hosts, on whose way natOutgoing puts their node's address in the place of theirs. */
export function goesToHosts(traffic: Traffic): boolean {
  return traffic === "pod-to-host" || traffic === "pod-to-host-service" || traffic === "pod-to-external";
}

/** Where the target is, physically: same node, same segment, or behind a router; in the order in which it is printed. */
export const localities = ["same-node", "same-subnet", "cross-subnet"] as const;
export type Locality = (typeof localities)[number];

/** A pod, or the host itself where `pod` is missing: a node, or a host outside of the cluster. */
export interface Endpoint {
  readonly node: string;
  readonly pod?: string;
}

/** One question that the lab answers: does this traffic between these two take the right form? */
export interface Path {
  /**
   * `<mode>/<traffic>/<locality>/v<family>/<source node>-><target node>`; stable across runs and machines. Where a node has pods of
   * several pools, those of the first pool; `<target pod>` for the others.
   */
  readonly id: string;
  readonly mode: ModeId;
  readonly traffic: Traffic;
  readonly locality: Locality;
  readonly family: Family;
  readonly source: Endpoint;
  /** What answers in the end: for traffic to Services the backend. */
  readonly target: Endpoint;
  /** What the id calls the target where that is not its node: the pod, of several there that are asked apart. */
  readonly targetName?: string;
  /** Name of the Service for traffic to ClusterIPs, NodePorts and load balancers. */
  readonly service?: string;
  /** How many backends share the Service's connections, of which the target is one; missing = it is the only one. */
  readonly backends?: number;
  /** The port that a host outside dials, and the node at which it comes in: at its address (NodePort), or at that of a load balancer. */
  readonly nodePort?: { readonly port: number; readonly node: string };
  /** Of what a node sends on to a Service's backend for a host outside: the host that asks. */
  readonly client?: string;
}
