import assert from "node:assert/strict";
import { expectationOf, planOf } from "../encap/plan.fixture.ts";
import { caseAsExpected, gist, tapOf, withResults } from "./case.fixture.ts";
import { reached } from "./reached.ts";
import type { PathCase } from "./verdict.ts";

const expectation = expectationOf(
  await planOf("external"),
  "vxlan-cross-subnet/external-to-nodeport-local/cross-subnet/v4/client->a1->b1",
);
const sound = withResults(caseAsExpected(expectation, ["curl"]), { received: 0 });
const say = (pathCase: PathCase): string => gist(reached.judge(pathCase));

/** The case with an answer of the node's own kernel at the client's device. */
const withPacketsBack = (pathCase: PathCase): PathCase => {
  const back = {
    tap: tapOf(pathCase, "client/eth0"),
    direction: "reverse",
    variants: [],
    packets: 1,
    flows: [],
  } as const;
  const observations = pathCase.observations.map((one) => ({ ...one, sightings: [...one.sightings, back] }));
  return { ...pathCase, observations };
};

describe("a NodePort with externalTrafficPolicy Local at a node without a backend", () => {
  it("is right where the request is seen to arrive and to end there without a word", () => {
    assert.equal(say(sound), "pass");
  });

  it("is wrong where it is answered", () => {
    assert.match(
      say(withResults(sound, { received: 1 })),
      /^fail \(leak\): forward: 1 curl requests were answered, though packets must end at a1/,
    );
  });

  it("is wrong where the node refuses it, by TCP or by an ICMP error", () => {
    assert.match(
      say(withPacketsBack(sound)),
      /^fail \(leak\): a1 refused curl instead of dropping it: packets came back at client\/eth0/,
    );
    const error = { tap: tapOf(sound, "client/eth0"), from: "198.18.1.11", text: "ICMP unreachable code 3" };
    const observations = sound.observations.map((one) => ({ ...one, icmpErrors: [error] }));
    assert.match(
      say({ ...sound, observations }),
      /a1 refused curl .*: 198\.18\.1\.11 answered "ICMP unreachable code 3"/,
    );
  });
});
