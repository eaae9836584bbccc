import assert from "node:assert/strict";
import { once } from "node:events";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { poll } from "../../core/poll.ts";
import { newRunId } from "../../core/run-id.ts";
import { CommandError } from "../command-error.ts";
import { needDocker } from "./docker-engine.fixture.ts";
import { busyboxImage } from "./docker-image.fixture.ts";
import { dockerExecutor } from "./docker.ts";
import { executorContract } from "../executor.contract.ts";
import { localExecutor } from "../local/local.ts";

describe("docker executor", function () {
  this.timeout(30_000);
  /** Made anew each time, because an engine of the tests' own changes the environment. */
  const docker = (...argv: string[]): Promise<unknown> => localExecutor().run(["docker", ...argv]);
  const container = `encaplab-test-${newRunId()}`;
  const executor = dockerExecutor({ container, where: "node a1 (container)", env: { ENCAPLAB_RUN: "7f3kq:42" } });
  const processes = async (): Promise<string> => (await executor.run(["ps", "-o", "args"])).stdout;

  before(async function () {
    await needDocker(this);
    const image = await busyboxImage();
    const argv = ["--name", container, "--network", "none", image, "sh", "-c", "while :; do sleep 3600 & wait; done"];
    await docker("run", "-d", ...argv);
  });
  after(() => docker("rm", "-f", container).catch(() => undefined));

  executorContract(
    () => Promise.resolve({ executor, where: "node a1" }),
    () => Promise.resolve(),
  );

  it("gives commands the environment it was asked to", async () => {
    assert.equal((await executor.run(["sh", "-c", 'echo "$ENCAPLAB_RUN $LC_ALL"'])).stdout, "7f3kq:42 C\n");
  });

  it("takes arguments longer than a shell would", async () => {
    const long = "x".repeat(100_000);
    assert.equal((await executor.run(["echo", long, long])).stdout.length, 200_002);
  });

  it("leaves nothing running in the container when time is up, not even what was put into the background", async () => {
    const script = "sleep 7001 & sleep 7002";
    await assert.rejects(executor.tryRun(["sh", "-c", script], { timeoutMs: 500 }), /did not finish within/);
    assert.doesNotMatch(await processes(), /sleep 700/);
  });

  it("leaves nothing running in the container when its process is killed", async () => {
    const program = join(import.meta.dirname, "docker-sleep.fixture.ts");
    const client = spawn(process.execPath, ["--import", "tsx", program, container], { stdio: ["ignore", "pipe", 2] });
    assert.ok(client.stdout !== null);
    await once(client.stdout, "data");
    assert.match(await processes(), /sleep 7003/);
    client.kill("SIGKILL");
    await poll(
      async () => {
        const seen = await processes();
        return seen.includes("sleep 700") ? { done: false, seen } : { done: true, value: undefined };
      },
      { what: "the command to end", timeoutMs: 10_000 },
    );
  });

  it("says so when the container is not there", async () => {
    const gone = dockerExecutor({ container: "encaplab-gone", where: "node a9" });
    await assert.rejects(gone.run(["true"]), (error) => {
      assert.ok(error instanceof CommandError);
      assert.equal(error.failure, "not-started");
      assert.match(error.details.tail ?? "", /No such container: encaplab-gone/);
      return true;
    });
  });

  it("says so when the container has ended meanwhile, and works again once it is back", async () => {
    await executor.run(["true"]);
    await docker("kill", container);
    await assert.rejects(executor.run(["true"]), (error) => {
      assert.ok(error instanceof CommandError);
      assert.match(error.details.tail ?? "", /is not running/);
      return true;
    });
    await docker("start", container);
    await executor.run(["true"]);
  });
});
