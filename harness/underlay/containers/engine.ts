import { CommandError } from "../../exec/command-error.ts";
import type { CommandResult, Executor } from "../../exec/executor.ts";
import type { Problem } from "../../lab/lab.ts";
import { otherProviders } from "../../lab/other-providers.ts";

/** What is known of the Docker engine that answers. */
export interface Engine {
  readonly version: string;
  readonly os: string;
  readonly arch: string;
}

/** Oldest engine that was tried: API 1.41. */
const oldest = [20, 10] as const;

/** The engine that the `docker` command reaches, or the one reason why there is none. */
export async function findEngine(host: Executor): Promise<Engine | Problem> {
  const format = "{{.Server.Version}} {{.Server.Os}} {{.Server.Arch}}";
  let answer: CommandResult;
  try {
    answer = await host.tryRun(["docker", "version", "--format", format]);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    if (error.failure !== "missing-program") return { what: `docker does not answer: ${error.message}`, fix: silent };
    const fix = `install Docker (https://docs.docker.com/get-docker/; on Debian and Ubuntu apt-get install docker.io), or ${otherProviders}`;
    return { what: "docker is not installed", fix };
  }
  if (answer.exitCode !== 0) return unreachable(answer.stderr);
  const [version = "", os = "", arch = ""] = answer.stdout.trim().split(" ");
  return engineProblem({ version, os, arch }) ?? { version, os, arch };
}

/** Why labs on the engine cannot be looked for; nothing where there is no `docker` either, for then nobody has made any. */
export async function engineBlindSpot(host: Executor): Promise<Problem | undefined> {
  try {
    await host.tryRun(["docker", "--version"]);
  } catch (error) {
    if (error instanceof CommandError && error.failure === "missing-program") return undefined;
    throw error;
  }
  const found = await findEngine(host);
  return isEngine(found) ? undefined : found;
}

/** Tells an engine from the reason why there is none. */
export function isEngine(found: Engine | Problem): found is Engine {
  return "version" in found;
}

/** The engine's release, for results; nothing where none answers any more. */
export function engineRelease(found: Engine | Problem): Readonly<Record<string, string>> {
  return isEngine(found) ? { docker: found.version } : {};
}

/** Whether the engine is at least of that version: 28.2 is [28, 2]. */
export function atLeast({ version }: Pick<Engine, "version">, wanted: readonly [number, number]): boolean {
  const [major = 0, minor = 0] = version.split(".").map((part) => Number.parseInt(part, 10));
  return major > wanted[0] || (major === wanted[0] && minor >= wanted[1]);
}

const silent = `start it (systemctl start docker, or Docker Desktop), or name it with DOCKER_HOST; or ${otherProviders}`;

function unreachable(stderr: string): Problem {
  const line = stderr.trim().split("\n").at(-1) ?? "";
  if (/permission denied/i.test(stderr)) {
    const fix = `sudo usermod -aG docker "$USER", then log in again (members of that group are root-equivalent); or ${otherProviders}`;
    return { what: "no permission to access the Docker daemon (permission denied on its socket)", fix };
  }
  return { what: `no Docker engine answers: ${line}`, fix: silent };
}

function engineProblem(engine: Engine): Problem | undefined {
  if (engine.os !== "linux") {
    const fix = "switch Docker Desktop to Linux containers";
    return { what: `this Docker engine runs ${engine.os} containers, nodes need Linux ones`, fix };
  }
  if (atLeast(engine, oldest)) return undefined;
  return { what: `Docker engine ${engine.version} is too old`, fix: `install ${oldest.join(".")} or newer` };
}
