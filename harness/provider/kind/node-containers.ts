import { CommandError } from "../../exec/command-error.ts";
import type { Executor } from "../../exec/executor.ts";
import type { TestedFile } from "../../lab/tested-file.ts";
import { clusterKey, clusterName, runOfCluster } from "./kind-names.ts";

/** A node container of a lab's cluster. */
export interface NodeContainer {
  readonly name: string;
  readonly runId: string;
  readonly running: boolean;
}

/** Node containers of one lab, or of all labs, on the engine; none where no engine answers, because then there are none to be told of. */
export async function findNodeContainers(host: Executor, runId?: string): Promise<readonly NodeContainer[]> {
  const filter = runId === undefined ? clusterKey : `${clusterKey}=${clusterName(runId)}`;
  const format = `{{.Names}}\t{{.State}}\t{{.Label "${clusterKey}"}}`;
  const { stdout } = await answer(host, ["docker", "ps", "-a", "--filter", `label=${filter}`, "--format", format]);
  return stdout.split("\n").flatMap((line) => {
    const [name = "", state = "", cluster = ""] = line.split("\t");
    const run = runOfCluster(cluster);
    return run === undefined ? [] : [{ name, runId: run, running: state === "running" }];
  });
}

async function answer(host: Executor, argv: readonly string[]): Promise<{ readonly stdout: string }> {
  try {
    return await host.run(argv);
  } catch (error) {
    if (error instanceof CommandError) return { stdout: "" };
    throw error;
  }
}

/** The images that containers were made from, by their content; none where the engine does not tell. */
export async function imagesOf(host: Executor, containers: readonly string[]): Promise<readonly TestedFile[]> {
  const format = "{{.Config.Image}} {{.Image}}";
  const { stdout } = await answer(host, ["docker", "inspect", "--format", format, ...containers]);
  const found = stdout.split("\n").flatMap((line): readonly TestedFile[] => {
    const [, name, sha256] = /^(\S+) sha256:([0-9a-f]{64})$/.exec(line.trim()) ?? [];
    return name === undefined || sha256 === undefined ? [] : [{ name, sha256 }];
  });
  return [...new Map(found.map((file) => [file.sha256, file])).values()];
}
