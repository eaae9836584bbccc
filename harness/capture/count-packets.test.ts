import assert from "node:assert/strict";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { localExecutor } from "../exec/local/local.ts";
import { prefixedExecutor } from "../exec/namespace/prefix.ts";
import { recordingExecutor } from "../exec/recording.ts";
import { countPackets } from "./count-packets.ts";

const golden = fileURLToPath(new URL("../packet/testdata/calico-ipip-always-uplink.pcap", import.meta.url));
/** Packets in it. */
const packets = 28;

describe("countPackets", () => {
  let folder: string;
  let started: (readonly string[])[];
  const host = recordingExecutor(localExecutor(), ({ argv }) => started.push(argv));
  const executor = prefixedExecutor(host, { argv: ["env"], where: "node a" });
  const capture = (name: string, captured?: number) => ({
    executor,
    file: join(folder, name),
    ...(captured === undefined ? {} : { captured }),
  });

  beforeEach(async () => {
    started = [];
    folder = await mkdtemp(join(tmpdir(), "encaplab-count-"));
    for (const name of ["a", "b"]) await copyFile(golden, join(folder, name));
    await writeFile(join(folder, "cut"), (await readFile(golden)).subarray(0, 300));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("counts files of one host in one program where all is as it must be", async () => {
    assert.deepEqual(await countPackets([capture("a", packets), capture("b", packets)]), [packets, packets]);
    assert.deepEqual(
      started.map(([program]) => program),
      ["tcpdump"],
    );
  });

  it("counts each by itself where the sum is another, one is cut, is not there, or nobody knows its number", async () => {
    assert.deepEqual(await countPackets([capture("a", packets), capture("b", packets + 1)]), [packets, packets]);
    const [cut, after] = await countPackets([capture("cut", 1), capture("a", packets)]);
    assert.match(String(cut), /truncated dump file/);
    assert.equal(after, packets);
    const [there, absent] = await countPackets([capture("a", packets), capture("absent", 0)]);
    assert.equal(there, packets);
    assert.match(String(absent), /No such file/);
    assert.deepEqual(await countPackets([capture("a", packets), capture("b")]), [packets, packets]);
  });
});
