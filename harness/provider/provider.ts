import type { Scope } from "../core/scope.ts";
import type { Capability, Lab, LabLabel, LabRef, Problem } from "../lab/lab.ts";
import type { Plan } from "../topology/plan.ts";

/** Makes nodes and wires. */
export interface Provider {
  readonly name: string;
  /** What its nodes can do here; known once `check` has looked at the machine, empty before. */
  readonly capabilities: ReadonlySet<Capability>;
  /** How a reason begins that is about the kernel of its nodes: "this kernel has", "its guests have". */
  readonly kernelHas: string;
  /** What no lab of it has, whatever the kernel can, each with why: "its wires carry no VLAN tags". */
  readonly withheld?: Readonly<Partial<Record<Capability, string>>>;
  /** What its nodes can do is known only once something runs on them; `capabilities` then holds what they may be able to do. */
  readonly asksLater?: true;
  /** Its nodes run on the kernel of this machine. */
  readonly sharesKernel?: true;
  /** Every problem that keeps this plan from being built here; [] = can. */
  check(plan: Plan): Promise<readonly Problem[]>;
  /** Builds the lab; every part is registered in the scope before it is made. */
  provision(plan: Plan, runId: string, scope: Scope): Promise<Lab>;
  /** Writes the label on a lab; a label with `kept` keeps `down --stale` away from it. */
  label(lab: Lab, label: LabLabel): Promise<void>;
  /** All labs of this provider on this machine. */
  discover(): Promise<readonly LabRef[]>;
  /** Why `discover` cannot see labs here that may be there all the same; missing = it always can. */
  readonly blindSpot?: () => Promise<Problem | undefined>;
  /** The lab again, from a reference with a label. The plan must be the one it was built from. */
  attach(ref: LabRef, plan: Plan): Promise<Lab>;
  /** Removes every part; idempotent. */
  destroy(ref: LabRef): Promise<void>;
}
