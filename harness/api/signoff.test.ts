import assert from "node:assert/strict";
import { appendFile, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { loadRun } from "../report/store.ts";
import { mergeRuns } from "../signoff/merge-runs.ts";
import type { Signoff } from "../signoff/signoff.ts";
import { runSuites } from "./index.ts";
import { newOut, runCli } from "../cli/e2e/run-cli.fixture.ts";

describe("signoff, end to end", function () {
  this.timeout(120_000);
  let out: string;
  let whole: string;
  let shards: readonly string[];

  const signoff = (...argv: readonly string[]) => runCli("signoff", "--out", out, ...argv);
  const read = async (folder: string): Promise<Signoff> =>
    JSON.parse(await readFile(join(folder, "signoff.json"), "utf8")) as Signoff;

  before(async () => {
    out = await newOut();
    const common = { out, modes: ["VXLANCrossSubnet"], provider: "netns", throughput: false, reports: false } as const;
    const runs = await Promise.all(
      [undefined, "1/2", "2/2"].map((shard) => {
        return runSuites({ ...common, fault: "slash-32-node-address", ...(shard === undefined ? {} : { shard }) });
      }),
    );
    [whole = "", ...shards] = runs.map(({ id }) => id);
  });
  after(() => rm(out, { recursive: true }));

  it("makes of two shards what one run makes of all, failures too", async () => {
    const records = await Promise.all([whole, ...shards].map(async (id) => (await loadRun(id, out)).record));
    const answers = (runs: typeof records): readonly string[] =>
      mergeRuns(runs)
        .flatMap(({ judged }) => judged.map(({ verdict: { id, check, status } }) => `${status} ${check} ${id}`))
        .sort();
    const [one, ...two] = records;
    assert.ok(one);
    assert.deepEqual(answers(two), answers([one]));
    assert.ok(answers(two).some((answer) => answer.startsWith("fail")));
    const { code, stdout } = await signoff(...shards, "--to", join(out, "shards"));
    assert.equal(code, 1);
    assert.match(stdout, /^No-go: .* needless encapsulation; \d+ more checks failed\.$/m);
    const { cells } = await read(join(out, "shards"));
    assert.equal(cells.length, 1);
    assert.equal(cells[0]?.checks, one.verdicts.length);
  });

  it("says no for an expired waiver and go for one that counts", async () => {
    const file = join(out, "waivers.yaml");
    const waive = (until: string): Promise<void> =>
      writeFile(file, `waivers: [{ id: "vxlan-cross-subnet/*", reason: known, who: network team, until: ${until} }]\n`);
    await waive("2020-01-01");
    const expired = await signoff(whole, "--waivers", file);
    assert.equal(expired.code, 1);
    assert.match(expired.stdout, /expired on 2020-01-01/);
    await waive("2999-01-01");
    const { code, stdout } = await signoff(whole, "--waivers", file, "--to", join(out, "waived"));
    assert.equal(code, 0, stdout);
    assert.match(stdout, /waived and not passed/);
    assert.deepEqual(
      (await read(join(out, "waived"))).cells.map(({ status }) => status),
      ["waived"],
    );
  });

  it("names a file that was changed since", async () => {
    const folder = join(out, "bundle");
    assert.equal((await signoff(whole, "--to", folder)).code, 1);
    assert.equal((await signoff("--verify", folder)).code, 0);
    await appendFile(join(folder, "signoff.html"), " ");
    const { code, stdout } = await signoff("--verify", folder);
    assert.equal(code, 1);
    assert.match(stdout, /signoff\.html was changed/);
  });

  it("refuses what it cannot mean", async () => {
    const cases = [
      [[], /signoff needs runs/],
      [[whole, whole], /given twice/],
      [["nonsense"], /no run "nonsense"/],
      [[whole, "--public-key", "x"], /does nothing without --verify/],
      [[whole, "--key", join(out, "latest", "run.json")], /not a key in PEM format/],
      [["--verify", out, "--key", "x"], /--key does nothing with --verify/],
      [["--verify", out], /no sign-off bundle/],
    ] as const;
    await Promise.all(
      cases.map(async ([argv, words]) => {
        const { code, stderr } = await signoff(...argv);
        assert.equal(code, 2, stderr);
        assert.match(stderr, words);
      }),
    );
  });
});
