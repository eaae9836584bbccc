import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PacketOwners } from "./packet-owners.ts";
import { Recognizer } from "./recognizer.ts";
import { trimCaptures } from "./trim-captures.ts";

const golden = new URL("../packet/testdata/calico-vxlan-cross-subnet-uplink.pcap", import.meta.url);

describe("small captures", () => {
  it("are made of one whose end is missing too, as a full disk leaves it", async () => {
    const folder = await mkdtemp(join(tmpdir(), "encaplab-trim-"));
    try {
      const file = join(folder, "a1.pcap");
      const whole = await readFile(golden);
      await writeFile(file, whole.subarray(0, whole.length - 7));
      const counts = { captured: 1, receivedByFilter: 1, droppedByKernel: 0 };
      const capture = { node: "a1", file, doubts: [], interfaces: new Map<number, string>(), ...counts };
      const trimmed = await trimCaptures([], [capture], {
        folder: join(folder, "small"),
        owners: new PacketOwners(new Recognizer([])),
      });
      assert.deepEqual(
        trimmed.map(({ node, packets }) => [node, packets]),
        [["a1", 0]],
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
