import type { ProofRecord, TestedLab } from "../run/record.ts";
import { proofOf, type Proof } from "./proof.ts";

/** What one test did: kept while it runs, for its record. */
export class TestLog {
  readonly commands: string[] = [];
  readonly proofs: ProofRecord[] = [];
  lab: TestedLab | undefined;
  readonly #looked: (() => boolean)[] = [];

  /** Keeps a proof, and hands it to the test; `folder` is the run's, for its captures. */
  add(record: ProofRecord, folder: string): Proof {
    const { proof, looked } = proofOf(record, folder);
    this.proofs.push(record);
    this.#looked.push(looked);
    return proof;
  }

  /** The first proof that nobody has looked at; undefined where there is none. */
  get forgotten(): ProofRecord | undefined {
    return this.proofs.find((_, index) => this.#looked[index]?.() === false);
  }
}
