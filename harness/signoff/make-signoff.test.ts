import assert from "node:assert/strict";
import { failingId, failingRun, inconclusiveId, passingRun } from "../report/sample-records.fixture.ts";
import type { RunRecord } from "../run/record.ts";
import { summarizeVerdicts } from "../run/summary.ts";
import type { Status, Verdict } from "../verify/verdict.ts";
import { historyEntry, makeSignoff, type SignoffInput } from "./make-signoff.ts";
import type { Signoff } from "./signoff.ts";
import type { Waiver } from "./waiver.ts";

const [config, later] = ["2030-06-01T02:17:00.000Z", "2030-06-02T02:17:00.000Z"];

function sign(
  records: readonly RunRecord[],
  change: Partial<SignoffInput> = {},
  waivers: readonly Waiver[] = [],
): Signoff {
  const rules = { waivers, informing: [], today: "2030-06-01" };
  return makeSignoff({ id: "s1", at: config, records, baseline: [], rules, required: [], ...change });
}

/** The same run on a Calico. */
function onCalico(run: RunRecord, id: string, release = "Calico v3.32.1"): RunRecord {
  return { ...run, id, scenarios: run.scenarios.map((scenario) => ({ ...scenario, dataplane: release })) };
}

function withStatus(run: RunRecord, id: string, status: Status): RunRecord {
  const verdicts = run.verdicts.map((one) => (one.id === id ? { ...one, status, reason: "because" } : one));
  return { ...run, verdicts, summary: summarizeVerdicts(verdicts) };
}

const waiver: Waiver = { id: failingId, reason: "known", who: "network team", until: "2030-06-01" };

describe("a sign-off", () => {
  it("is a go where everything passed, and says that a reference certifies no release", () => {
    const { decision, exitCode, verdict, modesNotAsked } = sign([passingRun()]);
    assert.deepEqual([decision, exitCode], ["go", 0]);
    assert.match(verdict, /certifies no release of Calico/);
    assert.equal(modesNotAsked.length, 4);
    assert.doesNotMatch(sign([onCalico(passingRun(), "c")]).verdict, /certifies no/);
  });

  it("is a no-go that names the failure and the doubt", () => {
    const { decision, exitCode, reasons } = sign([failingRun()]);
    assert.deepEqual([decision, exitCode], ["no-go", 1]);
    assert.ok(reasons[0]?.includes(failingId));
    assert.ok(reasons[1]?.includes(inconclusiveId));
  });

  it("tells what is only not proven by another exit code", () => {
    const { decision, exitCode } = sign([withStatus(passingRun(), failingId, "inconclusive")]);
    assert.deepEqual([decision, exitCode], ["no-go", 3]);
  });

  it("counts a skip as not certified, and lets a required mode be a no-go for it", () => {
    const skipped = withStatus(passingRun(), failingId, "skip");
    const free = sign([skipped]);
    assert.deepEqual([free.decision, free.cells[0]?.status], ["go", "partly certified"]);
    assert.match(free.verdict, /skipped and not certified/);
    const { decision, reasons } = sign([skipped], { required: ["vxlan-cross-subnet"] });
    assert.deepEqual([decision, reasons], ["no-go", ["vxlan-cross-subnet is required and not certified"]]);
  });

  it("never certifies by skips alone", () => {
    const run = passingRun();
    const verdicts = run.verdicts.map((one) => ({ ...one, status: "skip" as const }));
    const { decision, exitCode } = sign([{ ...run, verdicts }]);
    assert.deepEqual([decision, exitCode], ["no-go", 2]);
  });

  it("lets the worse of two answers count, and says that runs disagree", () => {
    const failed = { ...withStatus(passingRun(), failingId, "fail"), id: "bad" };
    for (const records of [
      [passingRun(), failed],
      [failed, passingRun()],
    ]) {
      const { decision, findings, notes } = sign(records);
      assert.equal(decision, "no-go");
      assert.deepEqual(findings[0]?.contradictedBy, [passingRun().id]);
      assert.ok(notes.some((note) => note.startsWith("runs disagree")));
    }
  });

  it("lets a waiver stand for a failure until its day is over, and never calls it a pass", () => {
    const run = withStatus(passingRun(), failingId, "fail");
    const waived = sign([run], {}, [waiver]);
    assert.deepEqual([waived.decision, waived.cells[0]?.status, waived.waivers[0]?.state], ["go", "waived", "in use"]);
    assert.match(waived.verdict, /waived and not passed/);
    const expired = sign([run], {}, [{ ...waiver, until: "2030-05-31" }]);
    assert.equal(expired.decision, "no-go");
    assert.ok(expired.reasons.some((reason) => reason.includes("expired on 2030-05-31")));
    const other = sign([run], {}, [{ ...waiver, id: "vxlan-cross-subnet/pod-to-host/*" }]);
    assert.deepEqual([other.decision, other.waivers[0]?.state], ["no-go", "not needed"]);
  });

  it("says no for an expired waiver even where nothing needs it", () => {
    assert.equal(sign([passingRun()], {}, [{ ...waiver, until: "2030-05-31" }]).decision, "no-go");
  });

  it("notes the runs that put a fault into their own lab", () => {
    const record = { ...failingRun(), command: "encaplab suite --fault wrong-vni --quiet" };
    assert.ok(sign([record]).notes.includes(`run ${record.id} put a fault into its own lab: wrong-vni`));
    assert.ok(!sign([failingRun()]).notes.some((note) => note.includes("fault")));
  });

  it("lets the reference dataplane only inform where a Calico was tested", () => {
    const { decision, cells, notes } = sign([onCalico(passingRun(), "c"), { ...failingRun(), id: "r" }]);
    assert.equal(decision, "go");
    assert.deepEqual(
      cells.map(({ group }) => group),
      ["blocking", "informing"],
    );
    assert.ok(notes.some((note) => note.startsWith("informing only")));
    assert.equal(sign([onCalico(failingRun(), "c"), passingRun()]).decision, "no-go");
  });

  it("counts a lab error unless the same command was repeated, which is shown", () => {
    const again = ["suite"];
    const broken: RunRecord = {
      ...passingRun(),
      id: "broken",
      again,
      startedAt: "2020-01-01T00:00:00.000Z",
      verdicts: [],
      summary: summarizeVerdicts([]),
      troubles: [{ phase: "lab", message: "no route\n  where    node a1", category: "lab trouble" }],
      exitCode: 3,
    };
    const alone = sign([broken]);
    assert.deepEqual([alone.decision, alone.exitCode], ["no-go", 3]);
    const repeated = sign([broken, { ...passingRun(), again }]);
    assert.equal(repeated.decision, "go");
    const { id } = passingRun();
    assert.deepEqual(repeated.notes, [
      "1 of 2 runs repeated after a lab error",
      `run broken ended with a lab error (lab: no route) and was repeated by ${id}`,
    ]);
    assert.equal(sign([broken, { ...passingRun(), command: "encaplab suite --shard 2/2", again }]).decision, "no-go");
  });

  it("says what was certified in the baseline and is not any more", () => {
    const skipped = withStatus(passingRun(), failingId, "skip");
    const { decision, reasons } = sign([skipped], { baseline: [passingRun()] });
    assert.equal(decision, "no-go");
    assert.match(reasons[0] ?? "", /was certified in the baseline/);
    assert.equal(sign([passingRun()], { baseline: [skipped] }).decision, "go");
  });

  it("keeps what tests of one's own found on one release apart from what they found on another", () => {
    const record = passingRun();
    const test = { id: "tests/incident/holds", check: "test", expected: "holds", observed: "", evidence: [] };
    const verdicts: readonly Verdict[] = [
      ...record.verdicts,
      { ...test, variant: "v3.30.7", status: "fail", category: "assertion", reason: "broken" },
      { ...test, variant: "v3.32.1", status: "pass" },
    ];
    const { cells, notes } = sign([{ ...record, verdicts, summary: summarizeVerdicts(verdicts) }]);
    const own = cells.filter(({ mode }) => mode === "tests");
    assert.deepEqual(
      own.map(({ status, configuration }) => [status, configuration.variant]),
      [
        ["failed", "v3.30.7"],
        ["certified", "v3.32.1"],
      ],
    );
    assert.ok(!notes.some((note) => note.includes("disagree")), notes.join());
  });

  it("compares one release with another", () => {
    const { baseline } = sign([onCalico(failingRun(), "new")], {
      baseline: [onCalico(passingRun(), "old", "Calico v3.30.7")],
    });
    assert.match(baseline[0]?.before ?? "", /v3\.30\.7/);
    assert.ok(baseline[0]?.diff.verdicts.some(({ id }) => id === failingId));
  });

  it("counts greens in a row, and names what changed since the last one", () => {
    const [green, red] = [passingRun(), { ...failingRun(), environment: { ...failingRun().environment, os: "newer" } }];
    const history = [historyEntry(sign([green]), [green]), historyEntry(sign([green]), [green])];
    assert.equal(sign([green], { history }).cells[0]?.streak?.greens, 3);
    const broken = sign([red], { history, at: later }).cells[0];
    assert.deepEqual([broken?.streak?.greens, broken?.streak?.lastGreen?.id], [0, "s1"]);
    assert.deepEqual(broken?.changed, [`os: ${green.environment.os} → newer`]);
    const moved = (sha: string): RunRecord => {
      const tested = [{ name: "calico-node v3.32.1", sha256: sha.repeat(64) }];
      const run = onCalico(sha === "a" ? passingRun() : failingRun(), sha);
      return { ...run, scenarios: run.scenarios.map((one) => ({ ...one, tested })) };
    };
    const tag = [historyEntry(sign([moved("a")]), [moved("a")])];
    assert.deepEqual(sign([moved("b")], { history: tag, at: later }).cells[0]?.changed, [
      "SHA-256 of Calico: aaaaaaaa → bbbbbbbb",
    ]);
    const after = [...history, historyEntry(sign([red], { at: later }), [red])];
    assert.equal(sign([green], { history: after }).cells[0]?.streak?.greens, 1);
  });
});
