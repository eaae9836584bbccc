import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Readable } from "node:stream";
import { LabError, messageOf } from "../../core/errors.ts";
import type { CommandResult, Executor } from "../../exec/executor.ts";
import type { Engine } from "./engine.ts";
import { hostImageArchive, hostImageDigest } from "../../rootfs/host-image.ts";
import { reaperImage } from "./reaper.ts";

/** Name of the images made here; the tag is the digest of what each is made from. */
const repository = "encaplab-agent";

/** Images of that name that are kept: the one in use and the one before. */
const keptImages = 2;

/** Milliseconds for a registry to deliver the base image (30 MB), and for building on it. */
const pullTimeoutMs = 120_000;
const buildTimeoutMs = 300_000;

/** Go's names of machine architectures, which Docker uses, by Node's. */
const goArch: Readonly<Partial<Record<string, string>>> = { x64: "amd64", arm64: "arm64" };

export interface AgentImageOptions {
  /** Image given by the user, by any name that Docker knows. */
  readonly named?: string;
  readonly cache: string;
}

/**
 * The image of nodes and routers: the one that is named; otherwise one made here before; otherwise built from the Dockerfile, or,
 * where no registry delivers its base, from this host's own programs. Throws a LabError with the way out when there is none.
 */
export async function agentImage(host: Executor, engine: Engine, options: AgentImageOptions): Promise<string> {
  if (options.named !== undefined) return namedImage(host, options.named);
  const dockerfile = await readFile(new URL("Dockerfile", import.meta.url), "utf8");
  const built = `${repository}:${createHash("sha256").update(dockerfile).digest("hex").slice(0, 16)}`;
  if (await isThere(host, built)) return built;
  const imported = await hostImage(host, engine, options.cache).catch((error: unknown) => messageOf(error));
  if (typeof imported !== "string" && (await isThere(host, imported.tag))) return imported.tag;
  const refused = await buildImage(host, dockerfile, built);
  if (refused === undefined) return pruned(host, built);
  if (typeof imported === "string") throw noImage(imported, refused);
  await importImage(await hostImageArchive(host, options.cache), imported.tag);
  return pruned(host, imported.tag);
}

async function namedImage(host: Executor, image: string): Promise<string> {
  if (await isThere(host, image)) return image;
  const { exitCode, stderr } = await host.tryRun(["docker", "pull", "--quiet", image], { timeoutMs: buildTimeoutMs });
  if (exitCode === 0) return image;
  throw new LabError(`the agent image ${image} is not on this engine and cannot be pulled`, {
    tail: stderr.trim(),
    fix: "load it (docker load), name another with --agent-image, or leave the option out to have one built",
  });
}

async function isThere(host: Executor, image: string): Promise<boolean> {
  return (await host.tryRun(["docker", "image", "inspect", "--format", "{{.Id}}", image])).exitCode === 0;
}

/** Why the image cannot be built from the Dockerfile; undefined when it has been. */
async function buildImage(host: Executor, dockerfile: string, tag: string): Promise<string | undefined> {
  const base = /^FROM (\S+)$/m.exec(dockerfile)?.[1] ?? "";
  const steps: readonly (() => Promise<CommandResult>)[] = [
    async () => {
      const there = await host.tryRun(["docker", "image", "inspect", "--format", "{{.Id}}", base]);
      return there.exitCode === 0
        ? there
        : host.tryRun(["docker", "pull", "--quiet", base], { timeoutMs: pullTimeoutMs });
    },
    () =>
      host.tryRun(["docker", "build", "--quiet", "--force-rm", "--tag", tag, "-"], {
        input: dockerfile,
        timeoutMs: buildTimeoutMs,
      }),
  ];
  for (const step of steps) {
    try {
      const { exitCode, stderr } = await step();
      if (exitCode !== 0) return stderr.trim().split("\n").at(-1) ?? "";
    } catch (error) {
      return messageOf(error);
    }
  }
  // The registry answers, so testcontainers' reaper can be had too; without it labels must do.
  await host.tryRun(["docker", "pull", "--quiet", reaperImage], { timeoutMs: pullTimeoutMs }).catch(() => undefined);
  return undefined;
}

async function hostImage(host: Executor, engine: Engine, cache: string): Promise<{ readonly tag: string }> {
  if (process.platform !== "linux" || goArch[process.arch] !== engine.arch) {
    throw new Error(`this host's programs do not run on the engine (${engine.os} on ${engine.arch})`);
  }
  return { tag: `${repository}:${await hostImageDigest(host, cache)}` };
}

/** Goes over the engine's API from memory: no file that a killed run could leave. */
async function importImage(archive: Readable, tag: string): Promise<void> {
  const { getContainerRuntimeClient } = await import("testcontainers");
  const { dockerode } = (await getContainerRuntimeClient()).container;
  const [repo, name] = tag.split(":");
  const answer = await dockerode.importImage(archive, {
    repo,
    tag: name,
    changes: "LABEL encaplab.image=agent",
  });
  // The import is done when the answer has ended.
  for await (const piece of answer) {
    const error = /"error":"([^"]*)"/.exec(String(piece))?.[1];
    if (error !== undefined) throw new LabError(`the agent image could not be imported: ${error}`);
  }
}

function noImage(imported: string, refused: string): LabError {
  return new LabError("there is no agent image, and none could be built", {
    tail: `from the Dockerfile: ${refused}\nfrom this host's programs: ${imported}`,
    fix: "connect to a registry once, or name an image with --agent-image",
  });
}

/** Removes older images made here; those in use stay, because Docker refuses. */
async function pruned(host: Executor, tag: string): Promise<string> {
  const { stdout } = await host.run(["docker", "image", "ls", repository, "--format", "{{.Repository}}:{{.Tag}}"]);
  const others = stdout.split("\n").filter((name) => name !== "" && name !== tag && !name.endsWith(":<none>"));
  const old = others.slice(keptImages - 1);
  if (old.length > 0) await host.tryRun(["docker", "image", "rm", ...old]);
  await host.tryRun(["docker", "image", "prune", "--force", "--filter", "label=encaplab.image=agent"]);
  return tag;
}
