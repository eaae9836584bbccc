import { readFile } from "node:fs/promises";
import { CommandError } from "../../exec/command-error.ts";
import type { Executor } from "../../exec/executor.ts";
import type { Problem } from "../../lab/lab.ts";

/** Inotify instances that a node of kind takes, measured: 128 were too few for four nodes, 2048 were enough. */
const instancesPerNode = 64;

/** Programs that a kind cluster is made and asked with. */
export interface Tools {
  readonly kind: string;
  readonly kubectl: string;
}

/** What keeps this machine from making a cluster of that many nodes with these programs. */
export async function toolProblems(
  host: Executor,
  { kind, kubectl }: Tools,
  nodes: number,
): Promise<readonly Problem[]> {
  const found = await Promise.all([
    programProblem(host, [kind, "version"], "kind", {
      option: "--kind PATH",
      source: "https://kind.sigs.k8s.io/docs/user/quick-start/#installation",
    }),
    programProblem(host, [kubectl, "version", "--client", "--output", "json"], "kubectl", {
      option: "--kubectl PATH",
      source: "https://kubernetes.io/docs/tasks/tools/",
    }),
    inotifyProblem(nodes),
  ]);
  return found.flat();
}

/** Release of a kind program that works: v0.33.0. */
export async function kindVersion(host: Executor, kind: string): Promise<string> {
  const { stdout } = await host.run([kind, "version"]);
  return /\bv\d\S*/.exec(stdout)?.[0] ?? stdout.trim();
}

async function programProblem(
  host: Executor,
  argv: readonly string[],
  name: string,
  { option, source }: { readonly option: string; readonly source: string },
): Promise<readonly Problem[]> {
  const fix = `install it (${source}), or name the program: ${option}`;
  try {
    const { exitCode, stderr } = await host.tryRun(argv);
    return exitCode === 0 ? [] : [{ what: `${argv[0] ?? name} is not a working ${name}: ${stderr.trim()}`, fix }];
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const what = error.failure === "missing-program" ? `${argv[0] ?? name} is not installed` : error.message;
    return [{ what, fix }];
  }
}

/** Too few end in nodes whose kubelet or containerd does not start, with messages that name everything but the cause. */
async function inotifyProblem(nodes: number): Promise<readonly Problem[]> {
  const text = await readFile("/proc/sys/fs/inotify/max_user_instances", "utf8").catch(() => "");
  const limit = Number(text.trim());
  if (text === "" || limit >= nodes * instancesPerNode) return [];
  return [
    {
      what: `fs.inotify.max_user_instances is ${limit}, too few for ${nodes} nodes`,
      fix: "sudo sysctl fs.inotify.max_user_instances=2048 fs.inotify.max_user_watches=524288",
    },
  ];
}
