import assert from "node:assert/strict";
import { expectationOf, planOf } from "../encap/plan.fixture.ts";
import { caseAsExpected, withResults } from "../verify/case.fixture.ts";
import { crossedBy, isLossy } from "./crossings.ts";
import { endsOf } from "./ends.ts";

const plan = await planOf("two-racks");
const usual = caseAsExpected(expectationOf(plan, "vxlan-cross-subnet/pod-to-pod/cross-subnet/v4/a1->b1"), ["curl"]);

/** Where a request or its answer ended, of a curl that was told this. */
function endedIn(...errors: readonly string[]): readonly string[] {
  return endsOf(withResults(usual, { received: 0, errors }))
    .filter(isLossy)
    .flatMap(crossedBy);
}

describe("where a connection ended whose answers were seen up to the client", () => {
  it("is the server where it refused", () => {
    const words = "Failed to connect to 198.19.0.129 port 8080 after 0 ms: Couldn't connect to server";
    assert.deepEqual(endedIn(words), ["b1", "b1-p1"]);
    assert.deepEqual(endedIn("Could not connect to server"), ["b1", "b1-p1"]);
    assert.deepEqual(endedIn("unable to connect to server: Connection refused"), ["b1", "b1-p1"]);
  });

  it("is the client where it heard nothing of them", () => {
    assert.deepEqual(endedIn("Connection timed out after 4001 milliseconds"), ["a1", "a1-p1"]);
  });
});
