import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { skipFor } from "../core/skip.fixture.ts";
import { withScope } from "../core/scope.ts";
import { planOf } from "../encap/plan.fixture.ts";
import type { Plan } from "../topology/plan.ts";
import { makeNeighborRoom, neighborsOf } from "./neighbor-room.ts";

const table = "/proc/sys/net/ipv4/neigh/default/gc_thresh3";

/** A plan as large as asked for: the nodes of a small one over and over. */
function enlarged(plan: Plan, times: number): Plan {
  return { ...plan, nodes: Array.from({ length: times }, () => plan.nodes).flat() };
}

describe("room for neighbor entries", () => {
  it("counts neighbors on the segment, router ports and pods from both sides", async () => {
    // Per node: 1 neighbor, the router (and its entry for the node), 2 pods (and theirs for the node).
    assert.equal(neighborsOf(await planOf("two-racks")), 4 * (1 + 2 + 4));
  });

  it("makes room for a large lab only", async function () {
    const former = await readFile(table, "utf8").catch(() => "");
    if (process.getuid?.() !== 0 || former === "") skipFor(this, "the host's neighbor table is not ours to change");
    const plan = await planOf("two-racks");
    await withScope(async (scope) => {
      await makeNeighborRoom(plan, scope);
      assert.equal(await readFile(table, "utf8"), former);
      await makeNeighborRoom(enlarged(plan, 100), scope);
      const needed = 2 * 400 * (199 + 2 + 4);
      assert.ok(Number(await readFile(table, "utf8")) >= needed);
    });
  });
});
