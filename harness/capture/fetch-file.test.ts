import assert from "node:assert/strict";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newRunId } from "../core/run-id.ts";
import { withScope } from "../core/scope.ts";
import { localExecutor } from "../exec/local/local.ts";
import { inNamespace } from "../exec/namespace/namespace.ts";
import { prefixedExecutor } from "../exec/namespace/prefix.ts";
import { fetchFile } from "./fetch-file.ts";
import { startCapture } from "./session.ts";
import { skipFor } from "../core/skip.fixture.ts";

describe("capture files of nodes with a file system of their own", () => {
  const run = newRunId();
  const host = localExecutor({ env: { ENCAPLAB_RUN: `${run}:${process.pid}` } });
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "encaplab-fetch-test-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("come whole, piece by piece", async () => {
    const bytes = Buffer.from(Array.from({ length: 10_000 }, (_, index) => (index * 7919) % 256));
    for (const size of [0, 1, 4095, 4096, 4097, 10_000]) {
      const content = bytes.subarray(0, size);
      await writeFile(join(folder, "remote"), content);
      await fetchFile(host, join(folder, "remote"), join(folder, "local"), 4096);
      assert.deepEqual(await readFile(join(folder, "local")), content, `${size} bytes`);
    }
  });

  it("come from where they were captured, and nothing stays there", async function () {
    if (process.getuid?.() !== 0) skipFor(this, "no namespaces without root");
    const name = `fet${run}`;
    await withScope(async (scope) => {
      scope.defer("namespace", async () => {
        await host.tryRun(["ip", "netns", "del", name]);
      });
      await host.run(["ip", "netns", "add", name]);
      await host.run(["ip", "-n", name, "link", "set", "lo", "up"]);
      // A mount namespace in which the folder is hidden: that is how a container looks from here.
      const hide = `mount -t tmpfs none ${folder}; exec "$@"`;
      const apart = prefixedExecutor(inNamespace(host, name, "node x"), {
        argv: ["unshare", "-m", "sh", "-c", hide, "sh"],
        where: "node x",
      });
      const target = { node: "x", executor: apart, devices: ["lo"] };
      const options = { folder, snaplen: 256, bufferKiB: 1024, maxPackets: 1000 };
      const session = await startCapture([target], options, scope);
      assert.equal((await remoteFolders()).length, 1);
      const [file] = await session.stop();
      assert.deepEqual(file?.doubts, []);
      assert.ok(file.captured > 0);
      assert.equal(file.file, join(folder, "x.pcap"));
      assert.ok((await readFile(file.file)).length > 24);
    });
    assert.deepEqual(await remoteFolders(), []);
  });

  async function remoteFolders(): Promise<string[]> {
    return (await readdir("/tmp")).filter((entry) => entry.startsWith(`encaplab-${run}.${process.pid}.`));
  }
});
