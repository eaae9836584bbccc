import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { skipFor } from "../core/skip.fixture.ts";
import { formatError, UsageError } from "../core/errors.ts";
import { createResultsFolder, loadRun, pointLatest, resultsFolder, saveRun } from "./store.ts";
import { failingRun, leakyRun, passingRun, secrets } from "./sample-records.fixture.ts";
import { openTimeline } from "./timeline.ts";

describe("results store", () => {
  let out = "";
  beforeEach(async () => {
    out = await mkdtemp(join(tmpdir(), "encaplab-store-"));
  });
  afterEach(async () => {
    await rm(out, { recursive: true, force: true });
  });

  async function stored(id: string): Promise<string> {
    const folder = await createResultsFolder(out, id);
    await saveRun(folder, { ...passingRun(), id });
    return folder.path;
  }

  it("gives back what was saved, by id, by folder, by file and as latest", async () => {
    const path = await stored("7f3kq");
    for (const reference of ["7f3kq", path, join(path, "run.json"), "latest"]) {
      assert.deepEqual((await loadRun(reference, out)).record, passingRun(), reference);
    }
  });

  it("makes the folders for captures and diagnostics", async () => {
    const folder = await createResultsFolder(out, "7f3kq");
    assert.ok((await lstat(folder.pcaps)).isDirectory());
    assert.ok((await lstat(folder.diagnostics)).isDirectory());
  });

  it("begins no run where there is no room for what it finds", async function () {
    if (process.getuid?.() !== 0) skipFor(this, "not root");
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", out]);
    try {
      const place = join(out, "not", "there", "yet");
      await assert.rejects(createResultsFolder(place, "7f3kq"), (error) => {
        assert.ok(error instanceof UsageError);
        assert.match(
          formatError(error),
          /^only 1\.0 MiB are free where results go.*\n {2}where {4}\/.*\n {2}fix {6}.*--out DIR$/,
        );
        return true;
      });
      assert.deepEqual(await readdir(out), []);
    } finally {
      execFileSync("umount", [out]);
    }
  });

  it("looks for latest in the folder that is named, and nowhere else", async () => {
    const here = process.cwd();
    process.chdir(out);
    try {
      await mkdir(join(out, "latest"), { recursive: true });
      await writeFile(join(out, "latest", "run.json"), "{}");
      await assert.rejects(loadRun("latest", join(out, "elsewhere")), /no run "latest"/);
    } finally {
      process.chdir(here);
    }
  });

  it("keeps latest a working link while many runs start at once", async () => {
    const ids = Array.from({ length: 20 }, (_, index) => `run${index}`);
    await Promise.all(ids.map(stored));
    assert.ok(ids.includes(await readlink(join(out, "latest"))));
    const leftovers = (await import("node:fs")).readdirSync(out).filter((name) => name.startsWith("latest."));
    assert.deepEqual(leftovers, []);
    await loadRun("latest", out);
  });

  it("refuses to replace something of the user's called latest", async () => {
    await mkdir(join(out, "latest", "mine"), { recursive: true });
    await assert.rejects(pointLatest(out, "7f3kq"), UsageError);
    assert.ok((await lstat(join(out, "latest", "mine"))).isDirectory());
  });

  it("names the runs there are when the one asked for is missing", async () => {
    await stored("7f3kq");
    await assert.rejects(loadRun("zzzzz", out), (error) => /no run "zzzzz"[^]*7f3kq/.test(formatError(error)));
  });

  it("says how to begin when there are no runs", async () => {
    await assert.rejects(loadRun("latest", out), (error) => /no runs in .* yet/.test(formatError(error)));
  });

  it("tells a run that was cut short from one that never was", async () => {
    await createResultsFolder(out, "7f3kq");
    await assert.rejects(loadRun("7f3kq", out), /has no run\.json/);
  });

  it("says of a damaged file that it is not JSON, with its place", async () => {
    const path = await stored("7f3kq");
    await writeFile(join(path, "run.json"), '{"schema": ');
    await assert.rejects(loadRun("7f3kq", out), (error) => {
      return (
        error instanceof UsageError &&
        error.message.includes("not JSON") &&
        error.details.where?.includes(path) === true
      );
    });
  });

  it("says of a file with another schema which one it is", async () => {
    const path = await stored("7f3kq");
    await writeFile(join(path, "run.json"), '{"schema": "other/1"}');
    await assert.rejects(loadRun("7f3kq", out), /other\/1/);
  });

  it("stores no secret", async () => {
    const folder = resultsFolder(join(out, "leaky"));
    await saveRun(folder, leakyRun());
    const text = await readFile(folder.run, "utf8");
    for (const secret of Object.values(secrets)) assert.ok(!text.includes(secret), secret);
    await loadRun("leaky", out);
  });

  it("changes nothing in a record without secrets", async () => {
    const folder = resultsFolder(join(out, "plain"));
    await saveRun(folder, failingRun());
    assert.deepEqual((await loadRun("plain", out)).record, failingRun());
  });

  it("appends the timeline in order, one JSON object per line, without secrets", async () => {
    const file = join(out, "timeline.ndjson");
    const timeline = await openTimeline(file);
    for (let ms = 0; ms < 100; ms++) {
      timeline.append({ at: "2026-11-21T09:00:00Z", where: "node a1", command: `curl --token ${secrets.plain}`, ms });
    }
    await timeline.close();
    const lines = (await readFile(file, "utf8")).trimEnd().split("\n");
    assert.deepEqual(
      lines.map((line) => (JSON.parse(line) as { ms: number }).ms),
      Array.from({ length: 100 }, (_, ms) => ms),
    );
    assert.ok(!lines.join("").includes(secrets.plain));
  });
});
