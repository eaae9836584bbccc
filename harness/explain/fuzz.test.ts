import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CaptureError } from "../packet/capture-error.ts";
import { LinkType } from "../packet/link/link-type.ts";
import { PcapngBlocks } from "../packet/pcapng.fixture.ts";
import { readCapture } from "../packet/read-capture.ts";
import { explainCapture } from "./explain-capture.ts";
import { renderSummary } from "./render-summary.ts";
import { randomOf } from "../packet/random.fixture.ts";

function golden(file: string): string {
  return fileURLToPath(new URL(`../packet/testdata/${file}`, import.meta.url));
}

/** The same packets as pcapng. */
async function asPcapng(file: string): Promise<Buffer> {
  const blocks = new PcapngBlocks({ littleEndian: false });
  const parts = [blocks.section(), blocks.interface({ linkType: LinkType.ethernet, name: "eth0" })];
  await readCapture(file, {}, ({ bytes }) => parts.push(blocks.enhancedPacket(bytes)));
  return Buffer.concat(parts);
}

describe("explaining hostile files", () => {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "encaplab-fuzz-"));
  });
  after(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it("ends soon with a summary or an error of ours, whatever is wrong behind the file's header", async () => {
    const random = randomOf(4);
    const file = join(folder, "in");
    const vxlan = golden("calico-vxlan-cross-subnet-uplink.pcap");
    const seeds = [
      await readFile(vxlan),
      await readFile(golden("calico-none-router-redirects.pcap")),
      await asPcapng(vxlan),
    ];
    let explained = 0;
    for (let turn = 0; turn < 600; turn += 1) {
      const bytes = Buffer.from(seeds[turn % seeds.length] ?? Buffer.alloc(0));
      for (let change = random(40); change > 0; change -= 1) bytes[28 + random(bytes.length - 28)] = random(256);
      await writeFile(file, bytes.subarray(0, random(3) === 0 ? 28 + random(bytes.length - 28) : bytes.length));
      const start = performance.now();
      const outcome = await explainCapture(file, { strip: random(3) }).catch((error: unknown) => error);
      assert.ok(performance.now() - start < 2_000, `turn ${turn} took too long`);
      if (outcome instanceof Error) {
        assert.ok(outcome instanceof CaptureError, `turn ${turn}: ${outcome.stack ?? ""}`);
        continue;
      }
      explained += 1;
      const summary = outcome as Awaited<ReturnType<typeof explainCapture>>;
      assert.doesNotMatch(renderSummary(summary), /undefined|NaN/, `turn ${turn}`);
      const overheads = summary.conversations.flatMap(({ variants }) =>
        variants.map((variant) => variant.overheadBytes ?? 0),
      );
      assert.ok(
        overheads.every((bytesAdded) => bytesAdded >= 0),
        `turn ${turn}`,
      );
      assert.doesNotThrow(() => JSON.stringify(summary));
    }
    // The cases are worth something only if they come past the file header.
    assert.ok(explained > 300, `${explained} explained`);
  }).timeout(60_000);
});
