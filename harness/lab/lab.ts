import type { Executor } from "../exec/executor.ts";
import type { Plan } from "../topology/plan.ts";
import type { TestedFile } from "./tested-file.ts";
import type { Declared } from "../topology/declared.ts";

/** What a provider's nodes can do; scenarios name what they need. */
export type Capability = "vxlan" | "vxlan6" | "ipip" | "nftables" | "wireguard" | "netem" | "tbf" | "vlan" | "ipv6";

/** One reason for which something cannot run here, with the way out. */
export interface Problem {
  readonly what: string;
  readonly fix: string;
}

/** A node or router of a lab that is up; commands run on it through its executor. */
export interface LabNode {
  readonly name: string;
  readonly role: "node" | "router" | "external host";
  readonly executor: Executor;
  /** The command with which a person runs a program there on a terminal; without a program it opens a shell. */
  readonly enter: (program?: readonly string[]) => readonly string[];
  /** Prefix for namespaces that a dataplane makes on this node, unique where they are made: `el7f3kq-`. */
  readonly namespacePrefix: string;
  /** Lets its network go and come back as a reboot does; missing where nobody can. */
  readonly power?: NodePower;
}

/** What a reboot does to a node's own network; what a dataplane put there is for that to take away and to put back. */
export interface NodePower {
  /** All uplinks go down, and lose their addresses and routes. */
  off(): Promise<void>;
  /** They come back as the provider made them. */
  on(): Promise<void>;
}

/** What a provider made: nodes and routers, wired and routed, just short of a dataplane. */
export interface Lab {
  readonly runId: string;
  readonly provider: string;
  readonly plan: Plan;
  readonly nodes: readonly LabNode[];
  readonly routers: readonly LabNode[];
  /** Hosts outside of the cluster; missing = none. */
  readonly external?: readonly LabNode[];
  /** Releases of what made it, by name: Docker's, kind's. */
  readonly versions?: Readonly<Record<string, string>>;
  /** Images that its nodes are made of, by their content; missing where nobody can tell. */
  readonly images?: readonly TestedFile[];
  /** Nodes whose processors are slow or shared, as emulated machines: probes must come one by one and wait longer. */
  readonly slow?: boolean;
  /** Missing where the nodes share this host's kernel and files. */
  readonly machines?: OwnMachines;
  /** The nodes are namespaces that run this host's programs on its files. */
  readonly hostFiles?: true;
  /** The nodes carry others' traffic too, as those of a cluster do: captures keep only what probes send. */
  readonly shared?: boolean;
  /** Commands for whoever works on the lab by hand, by the program that they begin with: a cluster's kubectl. */
  readonly byHand?: Readonly<Record<string, string>>;
  /** The nodes were there before the lab and belong to others: only what a run cannot do without is changed on them. */
  readonly borrowed?: true;
}

/** What a lab has whose nodes are machines with a kernel and files of their own, on this host. */
export interface OwnMachines {
  /** Place on this host, apart from the tested network, to which every node has a way: for what serves all nodes. */
  readonly host: Executor;
  /** Command on a node that connects its standard input and output to a TCP port of that place. */
  dial(port: number): readonly string[];
  /** Folder on every node that holds the payload that the provider was given; missing = it was given none. */
  readonly payload?: string;
  /** Missing where another process made the lab. */
  readonly checkpoints?: Checkpoints;
}

/** States of all machines of a lab, taken at one moment and kept for later labs of the same plan on the same machines. */
export interface Checkpoints {
  /**
   * Keeps the state of all machines under a name; `beside` writes what belongs to it into a folder while all of them stand
   * still. They run on afterwards. False where it could not be kept.
   */
  save(name: string, beside: (folder: string) => Promise<void>): Promise<boolean>;
  /** Puts all machines into the state of that name, `before` reading what lies beside it first; false where there is none. */
  restore(name: string, before: (folder: string) => Promise<void>): Promise<boolean>;
  /** Forgets the state of that name. */
  discard(name: string): Promise<void>;
  /** Puts all machines back to where `provision` left them. */
  reset(): Promise<void>;
}

/** Files that a provider gives to every node of a lab: an ext4 image, with a name that changes with its content. */
export interface Payload {
  readonly file: string;
  readonly digest: string;
}

/** A lab found on the machine by its names and labels, never from a state file. */
export interface LabRef {
  readonly runId: string;
  readonly provider: string;
  /** Names of the things found: namespaces, containers, processes, folders. */
  readonly parts: readonly string[];
  /**
   * "running": its owner lives; "kept": left up on purpose; "stale": its owner is dead and it is not kept; "unreadable": its owner is
   * dead, and whether it is kept cannot be read.
   */
  readonly state: "running" | "kept" | "stale" | "unreadable";
  /** Why its label could not be read; with state "unreadable" only. */
  readonly unreadable?: string;
  readonly ownerPid?: number;
  /** Labels of a kept lab: enough to plan it again. */
  readonly label?: LabLabel;
}

/**
 * What is written on a lab (as an interface alias, container label, …) so that `check` and `down` can find their way; what it declares is in the
 * place of what the topology's file says.
 */
export interface LabLabel extends Declared {
  readonly topology: string;
  readonly digest: string;
  readonly families: readonly (4 | 6)[];
  readonly mode?: string;
  readonly dataplane?: string;
  /** MTU of its pods, where they were made before a change to what gives new pods another. */
  readonly podMtu?: number;
  /** What was asked of the lab: `check` asks the same paths again. */
  readonly asked?: { readonly profile: string; readonly paths: readonly string[]; readonly shard?: string };
  /** What reaching the lab takes of the flags that it was built with, by whose they are. */
  readonly flags?: LabFlags;
  readonly kept: boolean;
}

/** Flags of a lab's provider and dataplane, by their keys; files by whole paths. */
interface LabFlags {
  readonly provider: Readonly<Record<string, unknown>>;
  readonly dataplane: Readonly<Record<string, unknown>>;
}
