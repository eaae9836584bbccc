import assert from "node:assert/strict";
import { PassThrough, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { describeExpectation } from "../encap/describe.ts";
import { enumeratePaths } from "../encap/enumerate.ts";
import { expectPath } from "../encap/expect.ts";
import type { ModeId } from "../encap/mode.ts";
import { largePlan, modeOf, planOf } from "../encap/plan.fixture.ts";
import { identitiesFromAllocation } from "../encap/planned-identities.ts";
import type { Profile } from "../encap/enumerate.ts";
import type { Plan } from "../topology/plan.ts";
import { pathJson, pathTable, printPieces, type ListedMode } from "./print-paths.ts";

function listed(plan: Plan, id: ModeId, profile: Profile = "quick"): ListedMode {
  const mode = modeOf(id);
  const identities = identitiesFromAllocation(plan, mode);
  const paths = enumeratePaths(plan, mode, profile);
  return { mode, paths, expect: (path) => expectPath(plan, mode, identities, path) };
}

describe("printing what list finds", () => {
  it("gives each path of each mode its line", async () => {
    const plan = await planOf("two-racks");
    const list = [listed(plan, "none"), listed(plan, "vxlan-cross-subnet")];
    const blocks = [...pathTable(plan, list)].join("").split("\n\n").slice(1);
    assert.deepEqual(
      blocks.map((block) =>
        block
          .trim()
          .split("\n")
          .slice(1)
          .map((line) => line.trim().replace(/ {2,}/, "  ")),
      ),
      list.map(({ paths, expect }) => paths.map((path) => `${path.id}  ${describeExpectation(expect(path))}`)),
    );
  });

  it("writes the JSON that JSON.stringify writes", async () => {
    const plan = await planOf("two-racks");
    const [none, vxlan] = [listed(plan, "none"), listed(plan, "vxlan-cross-subnet")];
    for (const list of [[none, vxlan], [{ ...none, paths: [] }], []]) {
      const scenarios = list.map(({ mode, paths, expect }) => ({ mode: mode.id, paths: paths.map(expect) }));
      const value = { schema: "encaplab/list/1", topology: "two-racks", planDigest: plan.digest, scenarios };
      assert.equal([...pathJson(plan, list)].join(""), `${JSON.stringify(value, undefined, 2)}\n`);
    }
  });

  it("computes what must be true of a path no earlier than it is written", async () => {
    const plan = await largePlan(2);
    const { expect, ...rest } = listed(plan, "vxlan-cross-subnet", "full");
    let asked = 0;
    const counted = (path: Parameters<typeof expect>[0]) => {
      asked += 1;
      return expect(path);
    };
    const pieces = pathJson(plan, [{ ...rest, expect: counted }]);
    // Before the first path stand the head and the mode.
    for (let piece = 0; piece < 3; piece += 1) pieces.next();
    assert.equal(asked, 1);
  });

  it("writes everything to a slow reader, and ends where nobody reads on", async () => {
    const pieces = Array.from({ length: 300 }, (_, index) => `${String(index).padStart(999)}\n`);
    const slow = new PassThrough({ highWaterMark: 10 });
    const [read] = await Promise.all([text(slow), printPieces(pieces, slow).then(() => slow.end())]);
    assert.equal(read, pieces.join(""));
    let written = 0;
    const closed = new Writable({
      write(_chunk, _encoding, done) {
        written += 1;
        done(new Error("EPIPE"));
      },
    }).on("error", () => undefined);
    await printPieces(pieces, closed);
    assert.equal(written, 1);
  });
});
