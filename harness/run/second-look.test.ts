import assert from "node:assert/strict";
import type { Path } from "../encap/path.ts";
import type { Category, Status, Verdict } from "../verify/verdict.ts";
import { afterSecondLook, isShaky, isWorthAnotherLook, pathsInDoubt } from "./second-look.ts";

const busy = "a load of 40 on 2 CPUs";

describe("afterSecondLook", () => {
  it("makes a loss that did not come again inconclusive, with both looks in its reason", () => {
    const [verdict] = afterSecondLook([lost], [of("pass")], busy);
    assert.equal(verdict?.status, "inconclusive");
    assert.match(
      verdict.reason ?? "",
      /^this machine was too busy \(a load of 40 on 2 CPUs\): .* at first 2 of 5 were lost;/,
    );
  });

  it("leaves red what failed twice, and what no machine can feign", () => {
    assert.deepEqual(afterSecondLook([lost], [of("fail", "not reached")], busy), [lost]);
    const leak = of("fail", "leak");
    assert.deepEqual(afterSecondLook([leak], [of("pass")], busy), [leak]);
    for (const category of ["leak", "asymmetric", "wrong outer address", "answered by another"] as const)
      assert.equal(isShaky(of("fail", category)), false, category);
  });

  it("tells what could not be told at first, be it good or bad", () => {
    const unclear = of("inconclusive", "inconclusive");
    assert.deepEqual(afterSecondLook([unclear], [of("pass")], busy), [of("pass")]);
    assert.deepEqual(afterSecondLook([unclear], [of("fail", "leak")], busy), [of("fail", "leak")]);
    assert.deepEqual(afterSecondLook([unclear], [unclear], busy), [unclear]);
  });

  it("on a machine with time to spare tells what could not be told, and leaves every red as it is", () => {
    const unclear = of("inconclusive", "inconclusive");
    assert.deepEqual(afterSecondLook([unclear], [of("pass")], undefined), [of("pass")]);
    assert.deepEqual(afterSecondLook([unclear], [lost], undefined), [lost]);
    assert.deepEqual(afterSecondLook([lost], [of("pass")], undefined), [lost]);
  });

  it("is worth it where the probe is in doubt, and on a busy machine where anything was late", () => {
    const unclear = of("inconclusive", "inconclusive");
    assert.equal(isWorthAnotherLook(unclear, undefined), true);
    assert.equal(isWorthAnotherLook({ ...unclear, check: "encapsulated" }, undefined), false, "a deaf tap stays deaf");
    assert.equal(isWorthAnotherLook(lost, undefined), false);
    assert.equal(isWorthAnotherLook(lost, busy), true);
    assert.equal(isWorthAnotherLook({ ...unclear, check: "encapsulated" }, busy), true);
  });

  it("compares the same question on the same path alone, and leaves passes alone", () => {
    assert.deepEqual(afterSecondLook([lost], [{ ...of("pass"), check: "flows" }], busy), [lost]);
    assert.deepEqual(afterSecondLook([of("pass")], [lost], busy), [of("pass")]);
  });
});

describe("pathsInDoubt", () => {
  const path = (source: string, target: string) => {
    const id = `none/pod-to-pod/same-subnet/v4/${source}->${target}`;
    return { id, source: { kind: "pod", node: source }, target: { kind: "pod", node: target } } as unknown as Path;
  };
  const paths = [path("a1", "a2"), path("a2", "a1"), path("b1", "b2")];
  const counted = (place: string): Verdict => ({
    ...of("fail", "lost on the way"),
    id: `none/connection-tracking/${place}`,
    check: "connection-tracking",
  });

  it("are those whose own verdict is shaky, and those of a node that counted losses", () => {
    assert.deepEqual([...pathsInDoubt([lost], paths, busy)], [paths[0]?.id]);
    assert.deepEqual([...pathsInDoubt([counted("b2")], paths, busy)], [paths[2]?.id]);
    assert.deepEqual([...pathsInDoubt([counted("a1")], paths, busy)], [paths[0]?.id, paths[1]?.id]);
    assert.equal(pathsInDoubt([counted("tor")], paths, busy).size, 3, "what a router counts may be anybody's");
  });

  it("are none on a machine with time to spare, where what was counted was lost", () => {
    assert.equal(pathsInDoubt([lost, counted("b2")], paths, undefined).size, 0);
  });
});

function of(status: Status, category?: Category): Verdict {
  const base = { id: "none/pod-to-pod/same-subnet/v4/a1->a2", check: "reached", expected: "5", observed: "5" };
  return { ...base, status, evidence: [], ...(category === undefined ? {} : { category }) };
}

const lost: Verdict = { ...of("fail", "lost on the way"), reason: "2 of 5 were lost" };
