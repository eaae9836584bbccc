import { LabError, messageOf } from "../../core/errors.ts";
import { CommandError } from "../../exec/command-error.ts";
import type { Executor } from "../../exec/executor.ts";
import type { Problem } from "../../lab/lab.ts";
import { nodeContainer } from "./kind-names.ts";

/** A file made by `docker save` (or another tool that writes its format), and the images in it. */
export interface ImageArchive {
  readonly file: string;
  readonly tags: readonly string[];
}

/** Milliseconds to read an archive's table, or to load it: archives hold gigabytes. */
const archiveTimeoutMs = 300_000;

/** Reads which images the archives hold; those that cannot be read are problems. */
export async function readArchives(
  host: Executor,
  files: readonly string[],
): Promise<{ readonly archives: readonly ImageArchive[]; readonly problems: readonly Problem[] }> {
  const read = await Promise.all(files.map((file) => readArchive(host, file)));
  return {
    archives: read.flatMap((each) => ("tags" in each ? [each] : [])),
    problems: read.flatMap((each) => ("what" in each ? [each] : [])),
  };
}

async function readArchive(host: Executor, file: string): Promise<ImageArchive | Problem> {
  const fix = "give files made by `docker save -o FILE IMAGE…`";
  const { exitCode, stdout, stderr } = await host.tryRun(["tar", "-xOf", file, "manifest.json"], {
    timeoutMs: archiveTimeoutMs,
  });
  if (exitCode !== 0) return { what: `${file} is not a valid image archive: ${lastLine(stderr)}`, fix };
  try {
    const manifest = JSON.parse(stdout) as readonly { readonly RepoTags?: readonly string[] | null }[];
    return { file, tags: manifest.flatMap(({ RepoTags }) => RepoTags ?? []) };
  } catch (error) {
    return { what: `${file} is not a valid image archive: ${messageOf(error)}`, fix };
  }
}

/** The node image to use: the one asked for, or the one that an archive holds; undefined = kind's own. */
export function nodeImageOf(asked: string | undefined, archives: readonly ImageArchive[]): string | undefined {
  return asked ?? archives.flatMap(({ tags }) => tags).find((tag) => /(^|\/)kindest\/node:/.test(tag));
}

/** Makes the node image known to Docker where it comes from an archive and is not there yet. */
export async function loadNodeImage(
  host: Executor,
  image: string | undefined,
  archives: readonly ImageArchive[],
): Promise<void> {
  const archive = archives.find(({ tags }) => image !== undefined && tags.includes(image));
  if (image === undefined || archive === undefined || (await hasImage(host, image))) return;
  await host.run(["docker", "load", "--quiet", "--input", archive.file], { timeoutMs: archiveTimeoutMs });
}

/** What is wrong with a node image that was named: neither here, nor in an archive, nor to be pulled. kind's own is kind's to know. */
export async function nodeImageProblems(
  host: Executor,
  asked: string | undefined,
  archives: readonly ImageArchive[],
): Promise<readonly Problem[]> {
  if (asked === undefined || archives.some(({ tags }) => tags.includes(asked)) || (await hasImage(host, asked)))
    return [];
  const pull = await host.tryRun(["docker", "pull", "--quiet", asked], { timeoutMs: archiveTimeoutMs });
  if (pull.exitCode === 0) return [];
  return [
    {
      what: `the node image ${asked} is not on this engine and cannot be pulled: ${lastLine(pull.stderr)}`,
      fix: "name one that is here with --node-image, or give a file with it: --image-archive (docker save kindest/node:…)",
    },
  ];
}

/** Whether Docker has an image. */
async function hasImage(host: Executor, image: string): Promise<boolean> {
  return (await host.tryRun(["docker", "image", "inspect", "--format", "{{.Id}}", image])).exitCode === 0;
}

/** What shall be in the nodes' container runtime before anything runs there. */
export interface WantedImages {
  readonly kind: string;
  readonly cluster: string;
  readonly archives: readonly ImageArchive[];
  /** Images of this host's Docker. */
  readonly images: readonly string[];
}

/** Puts images into every node, unless the nodes have them: loading costs seconds per node. */
export async function loadIntoNodes(host: Executor, runId: string, nodes: number, wanted: WantedImages): Promise<void> {
  const there = await Promise.all(
    Array.from({ length: nodes }, (_, index) => imagesIn(host, nodeContainer(runId, index))),
  );
  const lacks = (tag: string): boolean => there.some((tags) => !tags.has(fullName(tag)));
  const { kind, cluster } = wanted;
  for (const { file } of wanted.archives.filter(({ tags }) => tags.some(lacks))) {
    await load(host, [kind, "load", "image-archive", file, "--name", cluster]);
  }
  const images = wanted.images.filter(lacks);
  if (images.length > 0) await load(host, [kind, "load", "docker-image", ...images, "--name", cluster]);
}

async function load(host: Executor, argv: readonly string[]): Promise<void> {
  try {
    await host.run(argv, { timeoutMs: archiveTimeoutMs });
  } catch (error) {
    const space = "check that there is space for the images on every node: docker system df";
    throw error instanceof CommandError ? error.withFix(space) : error;
  }
}

async function imagesIn(host: Executor, container: string): Promise<ReadonlySet<string>> {
  const argv = ["docker", "exec", container, "ctr", "--namespace", "k8s.io", "images", "ls", "--quiet"];
  const { exitCode, stdout, stderr } = await host.tryRun(argv, { timeoutMs: archiveTimeoutMs });
  if (exitCode === 0) return new Set(stdout.split("\n").map((line) => line.trim()));
  throw new LabError("the node's container runtime does not answer", { where: container, tail: stderr.trim() });
}

/** An image's name as containerd has it: Docker leaves out its own registry and the tag `latest`. */
export function fullName(image: string): string {
  const [first = "", ...rest] = image.split("/");
  const hasRegistry = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
  const named = hasRegistry ? image : rest.length > 0 ? `docker.io/${image}` : `docker.io/library/${image}`;
  return /[:@][^/]*$/.test(named) ? named : `${named}:latest`;
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
