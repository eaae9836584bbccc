import type { Scope } from "../core/scope.ts";
import type { BgpDesign } from "../encap/bgp.ts";
import type { Identities } from "../encap/identity.ts";
import type { Mode, ModeId } from "../encap/mode.ts";
import type { Executor } from "../exec/executor.ts";
import type { Lab } from "../lab/lab.ts";
import type { TestedFile } from "../lab/tested-file.ts";
import type { Plan } from "../topology/plan.ts";
import type { Family } from "../topology/topology.ts";
import type { NodeFacts } from "./node-facts.ts";

/** A pod that is up: a namespace inside its node, with an executor of its own. */
export interface RunningPod {
  readonly name: string;
  readonly node: string;
  readonly executor: Executor;
  /** The command with which a person opens a shell there. */
  readonly enter: () => readonly string[];
}

/** A lab with a dataplane in a mode: pods and services exist, traffic should flow. */
export interface Network {
  readonly lab: Lab;
  readonly mode: Mode;
  /** "reference dataplane, not Calico" or "Calico v3.32.1", with what of it is not Calico's own. */
  readonly title: string;
  /** Releases that results depend on, by name: Calico's, Kubernetes'. */
  readonly versions?: Readonly<Record<string, string>>;
  /** What was tested, by its content; missing where nobody can tell. */
  readonly tested?: readonly TestedFile[];
  readonly identities: Identities;
  readonly pods: readonly RunningPod[];
  readonly convergence: Convergence;
  /** What happened on the way that a reader must know: programs that ended and had to be started again. */
  readonly notes?: readonly string[];
  /** How its nodes are set up to speak BGP with each other; missing where they do not. */
  readonly bgp?: BgpDesign;
}

/** How long the way to convergence took, step by step, in milliseconds from the start of install. */
export interface Convergence {
  readonly totalMs: number;
  readonly steps: readonly { readonly step: string; readonly atMs: number }[];
}

/** A reason for which a mode or family cannot run on this lab; shown with the skip. */
export interface Requirement {
  /** Families concerned; missing = all. */
  readonly families?: readonly Family[];
  /** "node a1: the kernel has no ipip module" */
  readonly reason: string;
  readonly fix?: string;
  /** What is configured in place of the mode, where it may not be changed: a finding, unless that is asked about too. */
  readonly drift?: Drift;
}

/** A configuration that is not what was asked for. */
export interface Drift {
  /** Missing where the configuration is no single mode. */
  readonly configured?: ModeId;
  /** "VXLANCrossSubnet" */
  readonly expected: string;
  /** The resource and what it says: "IPPool default-ipv4-ippool: IPIP Never, VXLAN Always". */
  readonly observed: string;
}

/** One BGP session as one of its two ends tells. */
export interface BgpSessionFact {
  /** Router or node that was asked. */
  readonly at: string;
  /** Node or router at the other end; its address where the plan knows no such neighbor. */
  readonly peer: string;
  readonly family: Family;
  /** "Established", "Active", … (RFC 4271 8.2.2); "unknown" where BIRD says nothing of a session that should be. */
  readonly state: string;
  /** Destinations that came over it, best or not. */
  readonly learned?: readonly string[];
  /** Destinations that are told over it; missing where this end was not asked. */
  readonly advertised?: readonly string[];
}

/** What a lab's kernels and programs say of themselves at one moment. */
export interface DataplaneFacts {
  readonly nodes: readonly NodeFacts[];
  /** Of routers of the lab's own; missing where nobody can ask them. */
  readonly routers?: readonly NodeFacts[];
  /** Of pods' own networks, by the pods' names; missing where nobody looked: only those are read on whose paths something failed. */
  readonly pods?: readonly NodeFacts[];
  /** With prefix: as what Calico has registered each node; missing where there is no Calico to ask. */
  readonly registered?: readonly { readonly node: string; readonly addresses: readonly string[] }[];
  /** Kinds and names of all policies that may deny packets; missing where nobody can ask for them. */
  readonly policies?: readonly string[];
  /** Resources that ask for WireGuard between nodes; missing where nobody can ask for them. */
  readonly encryptionAsked?: readonly string[];
  /** Missing where nothing speaks BGP. */
  readonly bgp?: readonly BgpSessionFact[];
}

/** What a live change of mode did. */
export interface Transition {
  readonly from: Mode;
  readonly network: Network;
}

/** Puts a mode into effect on a lab. */
export interface Dataplane {
  readonly name: string;
  /** What a run calls it before anything is installed: "reference dataplane, not Calico". */
  readonly title: string;
  /** [] = can; otherwise the reasons. */
  missing(mode: Mode, lab: Lab): Promise<readonly Requirement[]>;
  /** Returns when converged (device, address, FDB and neighbors, routes, first ping), or throws with the last observation. */
  install(mode: Mode, lab: Lab, scope: Scope): Promise<Network>;
  /** The network of a lab on which this dataplane is installed already. */
  attach(mode: Mode, lab: Lab): Promise<Network>;
  switchMode(network: Network, mode: Mode, scope: Scope): Promise<Transition>;
  /**
   * Brings a network to a plan of the same nodes that declares something else, such as who makes the routes; returns when it has converged.
   * Missing where nothing of the kind can be declared.
   */
  adapt?(network: Network, plan: Plan): Promise<Network>;
  /** Ends the programs of one node and returns when they run and are ready again; missing where nothing runs there. */
  restart?(network: Network, node: string): Promise<void>;
  /**
   * A node's reboot: all of the dataplane's goes off it, its own network goes and comes back, and what is made at a start is made again; pods
   * keep their processes and addresses. Returns when the network has converged. Missing where nobody can do that.
   */
  reboot?(network: Network, node: string): Promise<Network>;
  /** Brings the nodes of a whole lab that have no part in a network yet into it; missing where nobody can do that. */
  join?(network: Network, whole: Lab, scope: Scope): Promise<Network>;
  /** Brings nodes that run an older release to that of the rest, one after the other; missing where all run what there is. */
  upgrade?(network: Network): Promise<Network>;
  facts(network: Network): Promise<DataplaneFacts>;
  /** The commands that install would give to change a configuration, and those that put it back; asks, and changes nothing. */
  rehearse?(mode: Mode, lab: Lab): Promise<readonly string[]>;
  /** Writes what the dataplane says of itself into a folder, after something went wrong; without secrets. */
  diagnose?(lab: Lab, folder: string): Promise<void>;
}
