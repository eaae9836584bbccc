import type { Scope } from "../core/scope.ts";
import type { Network } from "../dataplane/dataplane.ts";
import type { ModeId } from "../encap/mode.ts";
import type { Locality } from "../encap/path.ts";
import type { Plan } from "../topology/plan.ts";
import type { Fabric } from "../topology/topology.ts";
import type { Check } from "../verify/check.ts";
import { checkOf, type CheckName } from "../verify/registry.ts";
import type { Category } from "../verify/verdict.ts";

/** One way to be wrong: put into a network that is right, it must turn exactly the checks red that it names. */
export interface Fault {
  /** Kebab case, equal to its file's name. */
  readonly name: string;
  /** One line for lists: what is wrong. */
  readonly title: string;
  /** The real bugs that look like this: issue numbers of projectcalico/calico unless another repository is named. */
  readonly describes: string;
  /** Modes in which the fault means something. */
  readonly modes: readonly ModeId[];
  /** Localities that the topology must have. */
  readonly needs: readonly Exclude<Locality, "same-node">[];
  /** Why the fault means nothing in a plan; undefined where it does. Missing = it does in all. */
  unmet?(plan: Plan): string | undefined;
  /** The topology that comes with the project in which it means something, where the usual one has not what it needs. */
  readonly topology?: string;
  /** Fabric that the topology must have; missing = any. */
  readonly fabric?: Fabric;
  /**
   * Makes the network wrong and returns when it is. The scope takes the undo before the effect; without one the fault
   * stays as long as the lab.
   */
  apply(network: Network, plan: Plan, scope?: Scope): Promise<FaultEffect>;
  /** Limits of cost that it breaks (`--max-cost`): it makes the network slow. Networks with other faults are not measured. */
  readonly closes?: readonly string[];
  /** Name of the cause that must be told, and no other; "none" where nothing on the wire fails, as it is where this is missing. */
  readonly cause?: string;
  /** Checks that may turn red too, as consequences; all others must not. */
  readonly follows?: readonly string[];
  /** Verdicts that must turn up: for each, at least one with this check and status whose id matches. */
  readonly trips: readonly Trip[];
}

/** A fault as its file writes it: checks of the registry by name, or own ones. */
export interface FaultDeclaration extends Omit<Fault, "trips" | "follows"> {
  readonly follows?: readonly (CheckName | Check)[];
  readonly trips: readonly (Omit<Trip, "check"> & { readonly check: CheckName | Check | typeof maxCost })[];
}

/** Declares a fault; one that trips nothing proves nothing and is an error. */
export function defineFault(fault: FaultDeclaration): Fault {
  if (fault.trips.length === 0 || fault.modes.length === 0) {
    throw new Error(`fault ${fault.name} proves nothing: name at least one mode and one verdict that it trips`);
  }
  const nameOf = (check: CheckName | Check | typeof maxCost): string =>
    check === maxCost ? check : checkOf(check).name;
  const trips = fault.trips.map((trip) => ({ ...trip, check: nameOf(trip.check) }));
  return { ...fault, trips, follows: (fault.follows ?? []).map(nameOf) };
}

/** The gate on costs is not a check of the registry: it is put to samples, not to packets. */
const maxCost = "max-cost";

/** What a fault did, for the report, and what it asks of the capture. */
export interface FaultEffect {
  /** Pasteable commands, each with the node it ran on: "a1: ip route replace …". */
  readonly did: readonly string[];
  /** Nodes and routers whose capture must see nothing: their CaptureTarget gets a filter that never matches. */
  readonly deafen?: readonly string[];
  /** Nodes whose kernel cannot be read: none of the programs that tell of it is found there. */
  readonly blind?: readonly string[];
}

/** One verdict that a fault must provoke. */
export interface Trip {
  /** Name of the check. */
  readonly check: string;
  readonly status: "fail" | "inconclusive";
  /** Glob over the verdict's id (a path id or `<mode>/control-plane/<node>`): `*` stands for any characters. */
  readonly path: string;
  readonly category?: Category;
}

/** Whether a verdict's id matches a trip's glob. */
export function matchesTrip(trip: Trip, id: string): boolean {
  const pattern = trip.path
    .split("*")
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
    .join(".*");
  return new RegExp(`^${pattern}$`).test(id);
}

/** BPF expression that no packet matches: a frame is never shorter than its own Ethernet header. */
export const deafFilter = "less 1";
