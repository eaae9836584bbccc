import { CommandError } from "../../exec/command-error.ts";
import type { Executor } from "../../exec/executor.ts";
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
