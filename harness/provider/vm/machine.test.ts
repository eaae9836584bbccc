import { skipFor } from "../../core/skip.fixture.ts";
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LabError } from "../../core/errors.ts";
import { poll } from "../../core/poll.ts";
import { defaultCacheFolder } from "../../core/cache-folder.ts";
import type { Executor } from "../../exec/executor.ts";
import { localExecutor } from "../../exec/local/local.ts";
import { inNamespace } from "../../exec/namespace/namespace.ts";
import { hostProblems } from "./check.ts";
import { cpioArchive } from "../../rootfs/cpio.ts";
import { guestKit, type GuestKit } from "./guest-kit.ts";
import { fetchKernel } from "../../rootfs/kernel.ts";
import { startMachine } from "./machine.ts";
import { machineFiles } from "./qemu-command.ts";

const host = localExecutor();
const cache = defaultCacheFolder();

describe("a machine that does not come up", function () {
  this.timeout(240_000);
  const namespace = `elvm${process.pid}`;
  let folder: string;
  let kit: GuestKit;
  let inside: Executor;

  before(async function () {
    const problems = await hostProblems(host, process.getuid?.());
    if (problems.length > 0) skipFor(this, problems.map(({ what }) => what).join("; "));
    kit = await guestKit(host, cache, "6.1");
    await host.run(["ip", "netns", "add", namespace]);
    inside = inNamespace(host, namespace, `netns ${namespace}`);
    await inside.run(["ip", "tuntap", "add", "dev", "mgmt", "mode", "tap"]);
    await inside.run(["ip", "tuntap", "add", "dev", "uplink", "mode", "tap"]);
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "encaplab-machine."));
  });
  afterEach(async () => {
    await endMachine(join(folder, "vm"));
    await rm(folder, { recursive: true });
  });
  after(() => host.tryRun(["ip", "netns", "del", namespace]));

  const start = async (change: Partial<GuestKit["model"]>, timeoutMs: number): Promise<LabError> => {
    const wires = { name: namespace, path: join(folder, "vm"), managementTap: "mgmt", uplinkTap: "uplink" };
    const error: unknown = await startMachine(inside, { ...kit.model, ...change }, wires, "node a1", {
      totalMs: timeoutMs,
    }).then(
      () => assert.fail("must not come up"),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof LabError, String(error));
    assert.equal(error.details.where, "node a1");
    return error;
  };
  const file = async (name: string, content: Uint8Array): Promise<string> => {
    await writeFile(join(folder, name), content);
    return join(folder, name);
  };

  it("shows the panic when the kernel panics", async () => {
    const initramfs = await file("empty.cpio", cpioArchive([{ kind: "folder", path: "/dev", mode: 0o755 }]));
    const error = await start({ initramfs }, 60_000);
    assert.match(error.message, /died while it booted/);
    assert.match(error.details.tail ?? "", /Kernel panic - not syncing/);
  });

  it("says so when no kernel ever runs", async () => {
    const kernel = await file("kernel", Buffer.alloc(65_536));
    const error = await start({ kernel }, 3_000);
    assert.match(error.message, /did not boot in time|failed/);
    assert.match(error.details.tail ?? "", /console is empty|kernel/);
  });

  it("shows what QEMU refuses", async () => {
    const error = await start({ kernel: join(folder, "missing") }, 3_000);
    assert.match(error.details.tail ?? "", /could not (open|load) kernel/i);
  });

  it("names the kernels that there are when another is wanted", async () => {
    await assert.rejects(fetchKernel(host, cache, "2.4"), /no kernel "2.4"; available: .*6\.1\./);
  });
});

async function endMachine(path: string): Promise<void> {
  const pid = Number(await readFile(machineFiles(path).pid, "utf8").catch(() => "0"));
  if (pid === 0) return;
  await poll(
    () => {
      try {
        process.kill(pid, "SIGKILL");
        return Promise.resolve({ done: false, seen: "alive" });
      } catch {
        return Promise.resolve({ done: true, value: undefined });
      }
    },
    { what: "QEMU to end", timeoutMs: 5_000 },
  );
}
