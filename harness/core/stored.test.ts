import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cached } from "./cache.ts";
import { findState, keepState } from "../provider/vm/saved-state.ts";
import { listStored, removeUnused } from "./stored.ts";

/** Linux never gives out this pid: it is above the highest that can be set (PID_MAX_LIMIT, 2^22). */
const deadPid = 2 ** 22 + 1;
const day = 86_400_000;

describe("what the cache holds", () => {
  let cache: string;
  beforeEach(async () => {
    cache = await mkdtemp(join(tmpdir(), "encaplab-stored."));
  });
  afterEach(() => rm(cache, { recursive: true }));

  const store = async (kind: string, key: string, bytes: number, daysAgo: number): Promise<void> => {
    const folder = await cached(cache, kind, key, (half) => writeFile(join(half, "file"), Buffer.alloc(bytes, 1)));
    const used = new Date(Date.now() - daysAgo * day);
    await utimes(folder, used, used);
  };
  const since = (days: number): Date => new Date(Date.now() - days * day);

  it("is listed with size and last use, largest first", async () => {
    await store("kernels", "6.1", 40_000, 3);
    await store("images", "abc", 400_000, 3);
    const stored = await listStored(cache);
    assert.deepEqual(
      stored.map(({ name, bytes }) => [name, Math.floor(bytes / 4096)]),
      [
        ["images/abc", 98],
        ["kernels/6.1", 10],
      ],
    );
    assert.deepEqual(await listStored(join(cache, "nothing")), []);
  });

  it("goes when no run has used it for long, and stays when one has, or is making it", async () => {
    await store("states", "old", 1, 31);
    await store("states", "new", 1, 29);
    await mkdir(join(cache, "states", `odd.${deadPid}.0123abcd.part`));
    await mkdir(join(cache, "states", `mine.${process.pid}.0123abcd.part`));
    await mkdir(join(cache, "calico-0123"));
    await writeFile(join(cache, "accelerator.json"), "{}");
    const gone = await removeUnused(cache, since(30));
    assert.deepEqual(gone.map(({ name }) => name).sort(), [`states/odd.${deadPid}.0123abcd.part`, "states/old"].sort());
    const left = await readdir(join(cache, "states"));
    assert.deepEqual(left.sort(), [`mine.${process.pid}.0123abcd.part`, "new"].sort());
    assert.deepEqual((await readdir(cache)).sort(), ["accelerator.json", "calico-0123", "states"]);
  });

  it("counts as used when machines start from it", async () => {
    await store("states", "k", 1, 40);
    await writeFile(join(cache, "states", "k", "state"), "");
    const used = new Date(Date.now() - 40 * day);
    await utimes(join(cache, "states", "k"), used, used);
    assert.equal(await findState(cache, "k"), join(cache, "states", "k", "state"));
    assert.deepEqual(await removeUnused(cache, since(30)), []);
  });

  it("lacks a state that could not be saved, and the user is told", async () => {
    const notices: string[] = [];
    const missing = join(cache, "no-qmp-socket");
    const state = await keepState({ cache, stateKey: "k", onNotice: (text) => notices.push(text) }, missing, "node a1");
    assert.equal(state, undefined);
    assert.match(
      notices.join("\n"),
      /^the state of node a1 could not be saved, so all machines boot, now and next time: /,
    );
    assert.deepEqual(await readdir(join(cache, "states")), []);
  });
});
