import { LabError, messageOf } from "../core/errors.ts";
import { CommandError } from "../exec/command-error.ts";
import type { CommandResult, Executor, RunOptions } from "../exec/executor.ts";
import { localExecutor } from "../exec/local/local.ts";
import { shellQuote } from "../exec/quote.ts";
import { recordingExecutor, type CommandRecord } from "../exec/recording.ts";
import { kubectlFailure } from "./kubectl-failure.ts";
import { Patience, type Patient } from "./patience.ts";

/** The way to a cluster: everything that talks to its API does so by this kubectl. */
export interface ClusterAccess {
  /** Where kubectl runs: this host. */
  readonly executor: Executor;
  /** What stands before every kubectl command: program, kubeconfig, context. */
  readonly kubectl: readonly string[];
  /** "cluster kind-lab": stands in every error. */
  readonly name: string;
  /** How long a silent API is waited for; missing = not at all. */
  readonly patience?: Patience;
  /** What can be told of the machine that the API runs on, where it does not answer. */
  readonly lookAtServer?: () => Promise<string>;
}

/** What the command line says about a cluster. */
export interface AccessOptions {
  readonly kubeconfig: string;
  /** Default: the kubeconfig's current context. */
  readonly context?: string;
  /** Program; default `kubectl` on the PATH. */
  readonly kubectl?: string;
}

/** Seconds that one request to the API may take; kubectl's default is none, and it then hangs on an API that is gone. */
const requestSeconds = 15;

/** Milliseconds for a kubectl command; longer than its request, so that kubectl itself says what is wrong. */
const kubectlTimeoutMs = 40_000;

/** The way to the cluster of a kubeconfig. Touches nothing yet. */
export function clusterAccess(options: AccessOptions, onCommand?: (record: CommandRecord) => void): ClusterAccess {
  const { kubeconfig, context, kubectl = "kubectl" } = options;
  const name = context === undefined ? `cluster of ${kubeconfig}` : `cluster ${context}`;
  const local = localExecutor({ where: name });
  return {
    executor: onCommand === undefined ? local : recordingExecutor(local, onCommand),
    kubectl: [kubectl, "--kubeconfig", kubeconfig, ...(context === undefined ? [] : ["--context", context])],
    name,
    patience: new Patience(),
  };
}

/** Runs one kubectl command; its failures are told with their cause and the way out. */
export async function kubectl(
  access: ClusterAccess,
  args: readonly string[],
  options: RunOptions = {},
): Promise<CommandResult> {
  const { result, silentMs } = await askKubectl(access, args, options);
  if (result.exitCode === 0) return result;
  const server = silentMs === undefined ? undefined : await access.lookAtServer?.().catch(() => undefined);
  throw kubectlFailure(result, access.name, silentMs, server);
}

/** The same for callers to whom a failure is data. Throws only where kubectl could not be run. */
export async function tryKubectl(
  access: ClusterAccess,
  args: readonly string[],
  options: RunOptions = {},
): Promise<CommandResult> {
  return (await askKubectl(access, args, options)).result;
}

/** The same with what waiting for the API came to. */
export async function askKubectl(
  access: ClusterAccess,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Patient> {
  const argv = [...access.kubectl, `--request-timeout=${requestSeconds}s`, ...args];
  try {
    const attempt = (): Promise<CommandResult> =>
      access.executor.tryRun(argv, { timeoutMs: kubectlTimeoutMs, ...options });
    return access.patience === undefined
      ? { result: await attempt(), attempts: 1 }
      : await access.patience.until(attempt);
  } catch (error) {
    const missing = error instanceof CommandError && error.failure === "missing-program";
    throw missing ? error.withFix("install kubectl, or give its path with --kubectl PATH") : error;
  }
}

/** Objects as `kubectl get -o json` lists them; what the callers read of them is theirs to say. */
export async function getObjects<T>(access: ClusterAccess, args: readonly string[]): Promise<readonly T[]> {
  const { stdout } = await kubectl(access, ["get", ...args, "-o", "json"]);
  return itemsOf(stdout, access.name) as readonly T[];
}

/** Reads the answer of `kubectl get -o json`: a list, or a single object as a list of one. */
export function itemsOf(json: string, where: string): readonly unknown[] {
  try {
    const value = JSON.parse(json) as { items?: readonly unknown[] };
    return value.items ?? [value];
  } catch (error) {
    throw new LabError(`kubectl did not return valid JSON: ${messageOf(error)}`, { where, tail: json.slice(-400) });
  }
}

/** What a person types to talk to the cluster. */
export function byHand({ kubectl }: ClusterAccess): Readonly<Record<string, string>> {
  return { kubectl: shellQuote(kubectl) };
}
