import assert from "node:assert/strict";
import { modeOf, planOf } from "../encap/plan.fixture.ts";
import { allSuites } from "../../suites/all-suites.ts";
import { rehearse } from "./rehearse.ts";
import type { RunOrder } from "./order.ts";

describe("what a run would do", () => {
  it("is facts and a limited capture on every node, and every probe from where it is sent", async () => {
    const plan = await planOf("two-racks");
    const order = { id: "7f3kq", plan, profile: "quick", paths: [], captureBufferKiB: 1024 } as unknown as RunOrder;
    const commands = rehearse(order, modeOf("vxlan-cross-subnet"), allSuites);
    const captures = commands.filter(({ command }) => command.includes("tcpdump"));
    assert.deepEqual(
      captures.map(({ where }) => where),
      plan.nodes.map(({ name }) => `node ${name}`),
    );
    for (const { command } of captures)
      assert.match(command, /^timeout -s INT 3600 tcpdump .* -c 400000 .*host 198\.19\.0\.1/);
    const places = new Set([
      ...plan.nodes.map(({ name }) => `node ${name}`),
      ...plan.allocation.pods.map(({ pod }) => `pod ${pod}`),
    ]);
    assert.deepEqual(
      commands.filter(({ where }) => !places.has(where)),
      [],
    );
    assert.ok(commands.some(({ where, command }) => where === "pod a1-p1" && command.startsWith("ping ")));
    assert.ok(commands.some(({ where, command }) => where === "node a2" && command.startsWith("curl ")));
  });
});
