import type { Cell } from "./merge-runs.ts";
import type { Signoff } from "./signoff.ts";

/** An in-toto Statement v1 with the predicate test-result/v0.1. */
export interface Statement {
  readonly _type: "https://in-toto.io/Statement/v1";
  readonly subject: readonly ResourceDescriptor[];
  readonly predicateType: "https://in-toto.io/attestation/test-result/v0.1";
  readonly predicate: TestResult;
}

interface ResourceDescriptor {
  readonly name: string;
  readonly digest: { readonly sha256: string };
}

/** The predicate's `warnedTests` have passed, so nothing of ours is there: what is not a pass is in `failedTests` or in the extension. */
interface TestResult {
  readonly result: "PASSED" | "WARNED" | "FAILED";
  readonly configuration: readonly ResourceDescriptor[];
  readonly passedTests: readonly string[];
  readonly warnedTests: readonly string[];
  readonly failedTests: readonly string[];
  /** Extension: the decision in words. */
  readonly encaplab_decision: string;
  /** Extension: every test that did not pass, and why; what was skipped or inconclusive is only here. */
  readonly encaplab_notPassed: readonly NotPassed[];
}

interface NotPassed {
  readonly name: string;
  readonly status: string;
  readonly reason: string;
}

/**
 * What a sign-off attests. Its subjects are what was tested; where no Calico was, the bundle itself, so that nobody can take it for a
 * word about one. `manifest` binds every artifact. Pure.
 */
export function statementOf(signoff: Signoff, cells: readonly Cell[], manifest: ResourceDescriptor): Statement {
  const { subjects, decision, findings, verdict } = signoff;
  const notPassed = findings.map(({ on, id, check, status, waived, reason, observed }): NotPassed => ({
    name: testName(on, id, check),
    status: waived === undefined ? status : `${status}, waived`,
    reason:
      waived === undefined
        ? (reason ?? observed)
        : `${reason ?? observed}; waived by ${waived.who} until ${waived.until}: ${waived.reason}`,
  }));
  const names = (wanted: string): readonly string[] =>
    cells.flatMap(({ configuration: { title }, judged }) =>
      judged.flatMap(({ verdict: { id, check, status } }) => (status === wanted ? [testName(title, id, check)] : [])),
    );
  return {
    _type: "https://in-toto.io/Statement/v1",
    subject: subjects.length === 0 ? [manifest] : subjects.map(({ name, sha256 }) => ({ name, digest: { sha256 } })),
    predicateType: "https://in-toto.io/attestation/test-result/v0.1",
    predicate: {
      result: decision === "no-go" ? "FAILED" : notPassed.length > 0 ? "WARNED" : "PASSED",
      configuration: [manifest],
      passedTests: names("pass"),
      warnedTests: [],
      failedTests: names("fail"),
      encaplab_decision: verdict,
      encaplab_notPassed: notPassed,
    },
  };
}

function testName(on: string, id: string, check: string): string {
  return `${id} ${check} on ${on}`;
}
