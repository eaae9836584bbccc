import assert from "node:assert/strict";
import { expectationOf, planOf } from "../encap/plan.fixture.ts";
import { caseAsExpected } from "../verify/case.fixture.ts";
import type { Verdict } from "../verify/verdict.ts";
import type { Incident } from "./cause.ts";
import { first } from "./incident.fixture.ts";
import { leftOutBackend } from "./left-out-backend.ts";

const plan = await planOf("shared-service");
const idOf = (end: string): string => `vxlan-cross-subnet/pod-to-service/${end}`;
const ways = ["same-node/v4/a1->web->a1", "cross-subnet/v4/a1->web->b1", "cross-subnet/v4/a2->web->b1"].map(idOf);

const found = (reasons: Readonly<Record<string, string>>) => {
  const cases = ways.map((id) => caseAsExpected(expectationOf(plan, id)));
  const failed = Object.entries(reasons).map(([end, reason]): Verdict => {
    return { id: idOf(end), check: "shares", status: "fail", expected: "", observed: "", reason, evidence: [] };
  });
  return leftOutBackend.find({ cases, failed } as unknown as Incident);
};

const few = "none of 35 curl connections …: by chance alone so few would come once in 1 456 110 runs";
const many = "35 of 35 curl connections …: by chance alone so many would come once in more than 10^15 runs";

describe("a backend that is left out", () => {
  it("is told with the nodes that leave it out, and explains that others get more", () => {
    const [cause, ...more] = found({ "cross-subnet/v4/a1->web->b1": few, "same-node/v4/a1->web->a1": many });
    assert.deepEqual(more, []);
    assert.equal(cause?.sentence, "a1 leaves out b1-p1 (198.19.0.129), a backend of web: connections go to the others");
    assert.deepEqual(cause.explains.toSorted(), ways.slice(0, 2).toSorted());
  });

  it("is told once where several nodes leave it out", () => {
    const causes = found({ "cross-subnet/v4/a1->web->b1": few, "cross-subnet/v4/a2->web->b1": few });
    assert.deepEqual(
      causes.map(({ sentence }) => sentence.split(",")[0]),
      ["a1 and a2 leave out b1-p1 (198.19.0.129)"],
    );
  });

  it("is not one that gets too many", () => {
    assert.deepEqual(found({ "same-node/v4/a1->web->a1": many }), []);
  });

  it("is another cause where an address that no pod has takes its place", () => {
    const backends = { "198.19.192.19": ["198.19.0.1", "198.19.0.178"] };
    assert.equal(
      first({ plan, traffic: "pod-to-service", path: "a1->web->b1", after: { a1: () => ({ backends }) } }),
      "missing-backend: a1 translates ClusterIP 198.19.192.19 into 198.19.0.178, which no pod has, as one of 3 backends of web",
    );
  });
});
