import assert from "node:assert/strict";
import { UsageError } from "../core/errors.ts";
import { plainStyle } from "../report/style.ts";
import type { Verdict } from "../verify/verdict.ts";
import { judgeStep, readAsked } from "./judge-step.ts";
import { nextStep, type Next } from "./next-step.ts";
import { askBetween } from "./question.ts";
import { renderEnd, renderStep } from "./render-bisect.ts";
import { newState, parseState, resumed, withStep } from "./state.ts";
import type { Answer, Step } from "./step.ts";

const hundred = Array.from({ length: 100 }, (_, index) => `v${index}`);

/** Bisects a list of which every candidate answers as told; every step is written down. */
function run(
  candidates: readonly string[],
  ends: readonly [good: string, bad: string],
  answer: (word: string) => Answer,
) {
  const question = { candidates, good: ends[0], bad: ends[1] };
  const steps: Step[] = [];
  const lefts: number[] = [];
  for (;;) {
    const next = nextStep(question, steps);
    if (next.kind !== "try") return { end: next, tried: steps.map(({ candidate }) => candidate), lefts };
    lefts.push(next.left);
    steps.push({ candidate: next.candidate, answer: answer(next.candidate), reason: "told so" });
  }
}

const from =
  (first: number, then: Answer = "bad", before: Answer = "good") =>
  (word: string): Answer =>
    Number(word.slice(1)) >= first ? then : before;

function neighbors(end: Next): readonly (string | undefined)[] {
  return end.kind === "found" ? [end.before.candidate, end.after.candidate] : [end.kind];
}

describe("a bisection", () => {
  it("finds every culprit of a hundred in seven halvings behind the two ends", () => {
    for (let first = 1; first < 100; first += 1) {
      const { end, tried } = run(hundred, ["v0", "v99"], from(first));
      assert.deepEqual(neighbors(end), [`v${first - 1}`, `v${first}`]);
      assert.ok(tried.length <= 9, `${tried.length} steps`);
      assert.deepEqual(tried.slice(0, 2), ["v0", "v99"]);
      assert.equal(new Set(tried).size, tried.length);
    }
  });

  it("tells at most so many steps as are left, one less after each", () => {
    const { lefts, tried } = run(hundred, ["v0", "v99"], from(37));
    assert.deepEqual(lefts.slice(0, 3), [9, 8, 7]);
    for (const [index, left] of lefts.entries()) assert.ok(tried.length - index <= left);
  });

  it("finds what mended it where the good end is the later one", () => {
    const { end } = run(hundred, ["v99", "v0"], from(60, "good", "bad"));
    assert.deepEqual(neighbors(end), ["v59", "v60"]);
    assert.match(renderEnd(end, plainStyle), /mended by: v60 is the first good one; v59/);
  });

  it("goes around what cannot be tested, and says between which it lies where that hides the culprit", () => {
    const odd = (word: string): Answer => (Number(word.slice(1)) % 2 === 1 ? "untestable" : from(50)(word));
    const { end } = run(hundred.slice(0, 99), ["v0", "v98"], odd);
    assert.ok(end.kind === "undecided");
    assert.deepEqual([end.before.candidate, end.after.candidate], ["v48", "v50"]);
    assert.deepEqual(
      end.untestable.map(({ candidate }) => candidate),
      ["v49"],
    );
    assert.match(renderEnd(end, plainStyle), /undecided: the change came with one of v49, v50/);
  });

  it("goes on where a skipped candidate is no neighbor of the culprit", () => {
    const { end } = run(hundred, ["v0", "v99"], (word) => (word === "v49" ? "untestable" : from(80)(word)));
    assert.deepEqual(neighbors(end), ["v79", "v80"]);
  });

  const lies: readonly (readonly [string, Answer, Answer, "good" | "bad", number])[] = [
    ["a good end that fails", "bad", "bad", "good", 1],
    ["a bad end that passes", "good", "good", "bad", 2],
    ["an end that cannot be tested", "untestable", "bad", "good", 1],
  ];
  for (const [what, first, last, said, steps] of lies) {
    it(`ends at ${what}`, () => {
      const { end, tried } = run(["v0", "v1", "v2"], ["v0", "v2"], (word) => (word === "v2" ? last : first));
      assert.ok(end.kind === "refuted");
      assert.equal(end.said, said);
      assert.equal(tried.length, steps);
    });
  }
});

describe("the question of a bisection", () => {
  const orders: readonly (readonly [string, Parameters<typeof askBetween>[0], readonly string[]])[] = [
    ["puts ends around the list", { good: "a", bad: "d", between: ["b", "c"] }, ["a", "b", "c", "d"]],
    ["takes ends of the list", { good: "c", bad: "a", between: ["a", "b", "c"] }, ["a", "b", "c"]],
    ["takes two ends alone", { good: "a", bad: "b", between: [] }, ["a", "b"]],
    ["puts a good end behind", { good: "z", bad: "a", between: ["a", "b"] }, ["a", "b", "z"]],
    ["puts a bad end before", { good: "b", bad: "0", between: ["a", "b"] }, ["0", "a", "b"]],
  ];
  for (const [what, typed, candidates] of orders)
    it(what, () => {
      assert.deepEqual(askBetween(typed).candidates, candidates);
    });

  it("knows a candidate by its name", () => {
    const { good, bad } = askBetween({
      good: "v3.30.7",
      bad: "v3.32.1",
      between: ["x/v3.30.7.tar", "y/v3.32.1.tar.gz"],
    });
    assert.deepEqual([good, bad], ["x/v3.30.7.tar", "y/v3.32.1.tar.gz"]);
  });

  it("refuses what names nothing clear", () => {
    for (const typed of [
      { good: "a", bad: "a", between: [] },
      { good: "a", bad: "b", between: ["c", "c"] },
      { good: "v1", bad: "b", between: ["x/v1.tar", "y/v1.tar"] },
    ])
      assert.throws(() => askBetween(typed), UsageError);
  });
});

describe("the answer of a run", () => {
  const verdict = (id: string, check: string, status: Verdict["status"]): Verdict => {
    return { id, check, status, expected: "e", observed: "o", evidence: [], reason: `${check} is ${status}` };
  };
  const verdicts = [
    verdict("none/control-plane/a1", "control-plane", "pass"),
    verdict("none/control-plane/a2", "control-plane", "fail"),
    verdict("none/pod-to-pod/x->y", "reached", "pass"),
    verdict("none/pod-to-pod/x->y", "no-leak", "inconclusive"),
    verdict("none/pod-to-pod/x->y", "mtu", "skip"),
  ];
  const trouble = { phase: "dataplane", message: "broke\nmore", category: "lab trouble" as const };
  const cases: readonly (readonly [string, Answer, RegExp])[] = [
    ["none/control-plane/a1", "good", /^$/],
    ["none/control-plane/*", "bad", /control-plane is fail/],
    ["control-plane", "bad", /fail/],
    ["none/pod-to-pod/x->y", "untestable", /no-leak is inconclusive/],
    ["none/pod-to-pod/x->y:reached", "good", /^$/],
    ["none/pod-to-pod/x->y:mtu", "untestable", /skipped: mtu is skip/],
    ["none/pod-to-pod/x", "untestable", /no verdict/],
  ];
  for (const [asked, answer, reason] of cases) {
    it(`to ${asked} is ${answer}`, () => {
      const found = judgeStep({ verdicts, troubles: [], scenarios: [] }, readAsked(asked));
      assert.equal(found.answer, answer);
      assert.match(found.reason, reason);
    });
  }

  it("is none where the lab broke before the check", () => {
    const found = judgeStep({ verdicts: [], troubles: [trouble], scenarios: [] }, readAsked("reached"));
    assert.deepEqual([found.answer, found.reason], ["untestable", "lab error in dataplane: broke"]);
  });
});

describe("the state of a bisection", () => {
  const run = {
    ...{ id: "abcde", runs: 1, folder: "results/abcde", seconds: 12.3, again: "npm run suite", causes: ["a cause"] },
    versions: { calico: "v3.30.7" },
    verdicts: [{ id: "i", check: "c", status: "fail" as const, expected: "e", observed: "o" }],
  };
  const bad: Step = { candidate: "b", answer: "bad", reason: "why", run };
  const none: Step = { candidate: "m", answer: "untestable", reason: "no lab" };
  const state = [bad, none].reduce(
    withStep,
    newState({ candidates: ["a", "m", "b"], good: "a", bad: "b", check: "i" }),
  );

  it("is read as it was written", () => {
    assert.deepEqual(parseState(JSON.stringify(state), "x.json"), state);
    assert.throws(() => parseState("{}", "x.json"), { message: "not the state of a bisection" });
  });

  it("keeps what was found, and tries once more what could not be tested", () => {
    assert.deepEqual(resumed(state).steps, [bad]);
    assert.deepEqual(withStep(state, { ...none, answer: "good" }).steps.length, 2);
  });

  it("is told step by step, and with both neighbors' evidence at the end", () => {
    assert.match(
      renderStep(bad, plainStyle),
      /^ {2}bad {3}b {2}calico v3\.30\.7 · 1 verdict failed · run abcde · 12 s$/,
    );
    assert.match(renderStep(none, plainStyle), /m {2}cannot be tested: no lab$/);
    const good: Step = {
      candidate: "a",
      answer: "good",
      reason: "",
      run: { ...run, causes: [], versions: { calico: "v3.29.0" } },
    };
    const text = renderEnd({ kind: "found", before: good, after: bad }, plainStyle);
    assert.match(text, /culprit: b is the first bad one; a before it is good/);
    assert.match(
      text,
      /before +good +a {2}calico v3\.29\.0[\s\S]*after +bad +b[\s\S]*observed {2}o\n +why\n +cause +a cause/,
    );
    assert.match(text, /differs {2}calico v3\.29\.0 → v3\.30\.7\n$/);
  });
});
