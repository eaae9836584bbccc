import { spawn } from "node:child_process";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { poll } from "../../core/poll.ts";
import { skipFor } from "../../core/skip.fixture.ts";
import { localExecutor } from "../local/local.ts";

/** Milliseconds for an engine to answer, or to stop its containers and end. */
const engineTimeoutMs = 60_000;

/** Tells why there is none to test with; undefined once DOCKER_HOST leads to one. */
let found: Promise<string | undefined> | undefined;
let stop: (() => Promise<void>) | undefined;

/**
 * Makes sure that a Docker engine answers, or skips: the one that runs, otherwise one of the tests' own, shared by all test
 * files of a process and stopped at its end. It lives in namespaces of its own, so that its bridges, firewall rules,
 * mounts and containers go with it, even when the tests are killed.
 */
export async function needDocker(context: Mocha.Context): Promise<void> {
  context.timeout(2 * engineTimeoutMs);
  found ??= findEngine();
  const lacking = await found;
  if (lacking !== undefined) skipFor(context, lacking);
}

// Not by a hook of Mocha's, which would be the first file's alone: the engine serves all files of this process.
process.once("beforeExit", () => void stop?.());

async function findEngine(): Promise<string | undefined> {
  if (!(await has("docker", "--version"))) return "no docker client here";
  if (await has("docker", "version")) return undefined;
  if (process.getuid?.() !== 0) return "no Docker engine answers, and starting one needs root";
  if (!(await has("dockerd", "--version"))) return "no Docker engine answers, and there is no dockerd to start";
  await startEngine();
  return undefined;
}

/** Whether a command succeeds, in the environment of this moment. */
function has(...argv: readonly string[]): Promise<boolean> {
  return localExecutor()
    .tryRun(argv)
    .then(
      ({ exitCode }) => exitCode === 0,
      () => false,
    );
}

async function startEngine(): Promise<void> {
  // A name that `down --stale` removes, should this process be killed (lab/leftovers.ts).
  const folder = await mkdtemp(join(tmpdir(), `encaplab-none.${process.pid}.`));
  // The socket inside has rights of its own.
  await chmod(folder, 0o711);
  const script = `ip link set lo up
trap 'kill -TERM $engine' TERM
dockerd --data-root "$1/data" --exec-root "$1/exec" --pidfile "$1/pid" --host "unix://$1/sock" >"$1/log" 2>&1 &
engine=$!
wait $engine
wait $engine`;
  const apart = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];
  const argv = ["--pdeathsig", "KILL", ...apart, "sh", "-c", script, "sh", folder];
  const child = spawn("setpriv", argv, { stdio: "ignore", detached: true });
  child.unref();
  const ended = new Promise<void>((resolve) =>
    child.once("close", () => {
      resolve();
    }),
  );
  process.env.DOCKER_HOST = `unix://${join(folder, "sock")}`;
  stop = async () => {
    delete process.env.DOCKER_HOST;
    // This process must not end before the engine has: its end kills it, with its folder left.
    child.ref();
    // Not unshare itself, whose end would kill its child at once: the shell that it started.
    const { stdout } = await localExecutor().tryRun(["cat", `/proc/${child.pid ?? 0}/task/${child.pid ?? 0}/children`]);
    if (child.exitCode === null) process.kill(Number(stdout.trim()), "SIGTERM");
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  await poll(
    async () => {
      if (await has("docker", "version")) return { done: true, value: undefined };
      if (child.exitCode === null) return { done: false, seen: "no answer" };
      const { stdout } = await localExecutor().tryRun(["tail", "-n", "5", join(folder, "log")]);
      throw new Error(`dockerd ended: ${stdout}`);
    },
    { what: "dockerd to answer", timeoutMs: engineTimeoutMs, intervalMs: 50 },
  );
}
