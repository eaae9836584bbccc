import type { Scope } from "../core/scope.ts";
import type { BgpDesign } from "../encap/bgp.ts";
import type { Identities } from "../encap/identity.ts";
import type { Mode } from "../encap/mode.ts";
import type { Executor } from "../exec/executor.ts";
import type { Lab } from "../lab/lab.ts";
import type { Family } from "../topology/topology.ts";

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
}

/** Kernel state of one node as read back: compared with the expectation, never used as oracle. */
export interface NodeFacts {
  readonly node: string;
  readonly routes: readonly RouteFact[];
  readonly links: readonly LinkFact[];
  readonly fdb: readonly { readonly mac: string; readonly destination: string; readonly device: string }[];
  readonly neighbors: readonly {
    readonly address: string;
    readonly mac: string;
    readonly device: string;
    readonly state: string;
  }[];
}

/** One route as `ip -j route` tells it. */
export interface RouteFact {
  readonly family: Family;
  readonly destination: string;
  readonly via?: string;
  readonly device?: string;
  /** "unicast", "blackhole", … */
  readonly type: string;
  /** "80", "bird", "boot", "kernel", "static" */
  readonly protocol: string;
  readonly onlink: boolean;
  readonly source?: string;
  readonly mtu?: number;
}

/** One device as `ip -j -d addr` tells it. */
export interface LinkFact {
  readonly device: string;
  readonly kind: string;
  readonly mtu: number;
  readonly up: boolean;
  readonly mac: string;
  /** With prefix. */
  readonly addresses: readonly string[];
  readonly vxlan?: { readonly vni: number; readonly port: number; readonly local: string; readonly learning: boolean };
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

export interface DataplaneFacts {
  readonly nodes: readonly NodeFacts[];
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
  facts(network: Network): Promise<DataplaneFacts>;
  /** Writes what the dataplane says of itself into a folder, after something went wrong; without secrets. */
  diagnose?(lab: Lab, folder: string): Promise<void>;
}
