import { basename, resolve } from "node:path";
import type { Cause } from "../cause/cause.ts";
import { UsageError } from "../core/errors.ts";
import type { ProofRecord } from "../run/record.ts";
import type { Category, Status, Verdict } from "../verify/verdict.ts";

/** What was found on the paths that a test asked, to be asserted on. One that nobody looks at fails its test. */
export interface Proof {
  /** The worst of all verdicts: `fail` before `inconclusive` before `pass`. */
  readonly status: Status;
  readonly verdicts: readonly Verdict[];
  /** What explains what failed, the most likely first; at most three, and none where nothing failed. */
  readonly causes: readonly Cause[];
  /** The verdicts of one check, by its name. */
  of(check: string): readonly Verdict[];
  /** Path of the capture of a node or router, cut to the probes' packets: for `decodeCapture`. */
  captureOf(node: string): string;
  /** Throws unless every check of every path passed. */
  mustPass(): void;
  /** Throws unless something failed: in this category, where one is named. */
  mustFail(category?: Category): void;
}

/** Thrown by a proof whose paths are not as asserted; carries the verdict that decided, and what explains it. */
export class ProofError extends Error {
  readonly verdict: Verdict;
  readonly causes: readonly Cause[];

  constructor(message: string, verdict: Verdict, causes: readonly Cause[] = []) {
    super(message);
    this.name = "ProofError";
    this.verdict = verdict;
    this.causes = causes;
  }
}

/** A proof over what was recorded, and whether anybody has looked at it. */
export function proofOf(
  record: ProofRecord,
  folder: string,
): { readonly proof: Proof; readonly looked: () => boolean } {
  const { verdicts, causes = [] } = record;
  let looked = false;
  const look = <T>(value: T): T => {
    looked = true;
    return value;
  };
  const proof: Proof = {
    get status() {
      return look(worst(verdicts)?.status ?? "skip");
    },
    get verdicts() {
      return look(verdicts);
    },
    get causes() {
      return look(causes);
    },
    of: (check) => look(verdicts.filter((verdict) => verdict.check === check)),
    captureOf: (node) => captureOf(record, node, folder),
    mustPass: () => {
      look(undefined);
      requirePass(verdicts, causes);
    },
    mustFail: (category) => {
      look(undefined);
      requireFail(verdicts, category);
    },
  };
  return { proof, looked: () => looked };
}

function captureOf({ paths }: ProofRecord, node: string, folder: string): string {
  const captures = [...new Set(paths.flatMap(({ pcaps }) => pcaps))];
  const found = captures.find((file) => basename(file, ".pcap") === node);
  if (found !== undefined) return resolve(folder, found);
  throw new UsageError(`the proof has no capture of "${node}"`, {
    fix: `available: ${captures.map((file) => basename(file, ".pcap")).join(", ")}`,
  });
}

const severity: readonly Status[] = ["fail", "inconclusive", "skip", "pass"];

function worst(verdicts: readonly Verdict[]): Verdict | undefined {
  const status = severity.find((one) => verdicts.some((verdict) => verdict.status === one));
  return verdicts.find((verdict) => verdict.status === status);
}

function requirePass(verdicts: readonly Verdict[], causes: readonly Cause[]): void {
  const wrong = worst(verdicts);
  if (wrong === undefined || wrong.status === "pass") return;
  const why = wrong.reason ?? `expected ${wrong.expected}, observed ${wrong.observed}`;
  throw new ProofError(`${wrong.id}, ${wrong.check}: ${why}`, wrong, causes);
}

function requireFail(verdicts: readonly Verdict[], category: Category | undefined): void {
  const failed = verdicts.filter(({ status }) => status === "fail");
  if (failed.some((verdict) => category === undefined || verdict.category === category)) return;
  const [first] = failed.length > 0 ? failed : [worst(verdicts)];
  if (first === undefined) return;
  const wanted = category ?? "a failure";
  const found = first.status === "fail" ? (first.category ?? "another failure") : first.status;
  const status = first.status === "inconclusive" ? "inconclusive" : "fail";
  const message = `${first.id}: expected ${wanted}, found ${found}`;
  throw new ProofError(message, {
    ...first,
    status,
    category: status === "fail" ? "assertion" : "inconclusive",
    expected: wanted,
    observed: found === "pass" ? "every check passed" : found,
    reason: message,
  });
}
