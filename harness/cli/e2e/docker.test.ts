import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmod, mkdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { needDocker } from "../../exec/docker/docker-engine.fixture.ts";
import { latestRun, newOut, runCli, startCli, startCliAs, type CliResult } from "./run-cli.fixture.ts";

const docker = (...argv: string[]): string => execFileSync("docker", argv, { encoding: "utf8" });

/** Everything on the engine that carries a run's label. */
function partsOf(run: string): readonly string[] {
  const filter = ["--filter", `label=encaplab.run=${run}`, "-q"];
  const lists = [docker("ps", "-a", ...filter), docker("network", "ls", ...filter), docker("volume", "ls", ...filter)];
  return lists.flatMap((list) => list.split("\n").filter((line) => line !== ""));
}

describe("suite, end to end on Docker", function () {
  this.timeout(300_000);
  let out: string;
  before(async function () {
    await needDocker(this);
    this.timeout(300_000);
  });
  beforeEach(async () => {
    out = await newOut();
  });
  afterEach(() => rm(out, { recursive: true }));

  const suite = ["suite", "--mode", "CrossSubnet", "--encap", "vxlan", "--no-throughput"];
  const ids = async (folder: string): Promise<readonly string[]> =>
    (await latestRun(folder)).verdicts.map(({ id, check }) => `${id} ${check}`).sort();

  it("passes without root, with the same verdicts as namespaces, and leaves nothing", async () => {
    const [own, other] = [join(out, "docker"), join(out, "netns")];
    const run = await runAsUser(out, ...suite, "--provider", "docker", "--out", own);
    assert.equal(run.code, 0, run.stdout + run.stderr);
    const record = await latestRun(own);
    assert.equal(record.provider, "docker");
    assert.deepEqual(partsOf(record.id), []);
    const netns = await runCli(...suite, "--provider", "netns", "--out", other);
    assert.equal(netns.code, 0, netns.stdout + netns.stderr);
    assert.deepEqual(await ids(own), await ids(other));
  });

  it("after kill -9, down --stale leaves no container, network or volume", async () => {
    for (const moment of [/… lab/, /… dataplane/]) {
      const run = startCli(...suite, "--provider", "docker", "--out", out, "--verbose");
      await run.waitFor(moment);
      run.child.kill("SIGKILL");
      await run.finished;
      const id = (await latestId(run)) ?? "";
      assert.match(id, /^\w{5}$/);
      const down = await runCli("down", "--stale");
      assert.equal(down.code, 0, down.stdout + down.stderr);
      assert.deepEqual(partsOf(id), []);
    }
  });

  it("says which lab uses the addresses, stays up until it is taken down, and then leaves nothing", async () => {
    const up = await runCli("up", "--mode", "VXLAN", "--provider", "docker");
    const id = /lab (\w{5}) is up/.exec(up.stdout)?.[1] ?? "";
    try {
      assert.equal(up.code, 0, up.stdout + up.stderr);
      assert.match(up.stdout, new RegExp(`a1 +docker exec -it encaplab-${id}-a1 sh`));
      const second = await runCli(...suite, "--provider", "docker", "--out", out);
      assert.notEqual(second.code, 0);
      assert.match(second.stdout + second.stderr, new RegExp(`lab ${id} .* uses the addresses of rack-a`));
      await runCli("down", "--stale");
      assert.notDeepEqual(partsOf(id), []);
    } finally {
      await runCli("down", id);
    }
    assert.deepEqual(partsOf(id), []);
  });
});

function latestId(run: { readonly finished: Promise<CliResult> }): Promise<string | undefined> {
  return run.finished.then(({ stdout }) => /run (\w{5})/.exec(stdout)?.[1]);
}

/** As nobody, in the group that may use Docker's socket; where we are not root, as we are. */
async function runAsUser(out: string, ...argv: string[]): Promise<CliResult> {
  if (process.getuid?.() !== 0) return runCli(...argv);
  const home = join(out, "home");
  await mkdir(home);
  for (const folder of [out, home]) await chmod(folder, 0o777);
  const socket = (process.env.DOCKER_HOST ?? "unix:///var/run/docker.sock").replace("unix://", "");
  const { gid } = await stat(socket);
  return startCliAs({ uid: 65_534, gid, home }, ...argv).finished;
}
