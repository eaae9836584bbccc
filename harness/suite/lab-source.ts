import type { Scope } from "../core/scope.ts";
import type { Network } from "../dataplane/dataplane.ts";
import type { Mode } from "../encap/mode.ts";
import type { Fault } from "../fault/fault.ts";
import type { ProofRecord, TestedLab } from "../run/record.ts";
import type { Plan } from "../topology/plan.ts";
import type { Check } from "../verify/check.ts";

/** What tests stand on that name nothing themselves: what the command line says. */
export interface LabDefaults {
  readonly topology: string;
  /** Missing where the run is about several modes. */
  readonly mode?: Mode;
}

/** Makes the labs that tests ask for, by the same choice of provider and dataplane as any other lab of the run. */
export interface LabSource {
  /** Results folder, to which captures in records are relative. */
  readonly folder: string;
  /** Builds a lab and puts it into a mode; a skip where nothing here can. */
  open(plan: Plan, mode: Mode): Promise<OpenLab | { readonly skip: string }>;
}

/** A lab that is up, in a mode. */
export interface OpenLab {
  readonly about: TestedLab;
  /** As it is now: another after a change of mode. */
  readonly network: Network;
  /** Ends with the lab. */
  readonly scope: Scope;
  prove(question: Question): Promise<ProofRecord>;
  switchTo(mode: Mode): Promise<void>;
  /** Breaks the lab on purpose; returns what was done, as pasteable commands. */
  inject(fault: Fault): Promise<readonly string[]>;
  /** Takes it down; rejects where something could not be undone. */
  close(): Promise<void>;
}

/** What a test puts to proof. */
export interface Question {
  /** As `--paths` takes them; they must match something. */
  readonly paths: readonly string[];
  readonly checks: readonly Check[];
}
