import assert from "node:assert/strict";
import { parseQueues } from "./parse-queues.ts";

describe("queues of devices", () => {
  it("tell what each threw away; a device without queue tells nothing", () => {
    const json = JSON.stringify([
      { kind: "noqueue", dev: "lo", drops: 0 },
      { kind: "tbf", dev: "eth0", root: true, packets: 40, drops: 7 },
      { kind: "fq_codel", dev: "eth1", parent: ":1", drops: 1 },
      { kind: "fq_codel", dev: "eth1", parent: ":2", drops: 2 },
    ]);
    assert.deepEqual(parseQueues(json), { "eth0.queue.tbf.drops": 7, "eth1.queue.fq_codel.drops": 3 });
  });

  it("are none where tc(8) is missing", () => {
    assert.deepEqual(parseQueues("\n"), {});
  });
});
