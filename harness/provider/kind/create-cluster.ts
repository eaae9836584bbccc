import { LabError } from "../../core/errors.ts";
import type { CommandResult, Executor } from "../../exec/executor.ts";
import { shellQuote } from "../../exec/quote.ts";

/** Milliseconds for `kind create cluster`: 32 s with four nodes and the image already there (measured); pulling it may take minutes. */
const createTimeoutMs = 600_000;

/** What kind says when something is wrong, what that means, and what to do. The first that fits counts. */
const meanings: readonly { readonly says: RegExp; readonly means: string; readonly fix: string }[] = [
  {
    says: /failed to pull image|pull access denied|manifest unknown/i,
    means: "the node image cannot be pulled",
    fix: "give one that is here by --node-image, or a file with it by --image-archive (docker save kindest/node:…)",
  },
  {
    says: /too many open files|inotify/i,
    means: "the nodes ran out of inotify instances",
    fix: "sudo sysctl fs.inotify.max_user_instances=2048 fs.inotify.max_user_watches=524288",
  },
  {
    says: /could not find a log line that matches|Reached target .*Multi-User System/i,
    means: "systemd did not start in a node",
    fix: "the node image must support this kernel's cgroups: try another --node-image, and see docker logs of the node with kind create cluster --retain",
  },
  {
    says: /node\(s\) already exist for a cluster/i,
    means: "a cluster of that name already exists",
    fix: "npm run lab -- down --stale",
  },
  {
    says: /no space left on device/i,
    means: "the disk of Docker is full",
    fix: "docker system df shows what takes it",
  },
  {
    says: /Pool overlaps with other one|all predefined address pools have been fully subnetted/i,
    means: "Docker has no address space left for kind's network",
    fix: "remove networks that nobody uses: docker network prune",
  },
  {
    says: /unable to decode config|invalid kubeProxyMode|invalid configuration/i,
    means: "this kind does not understand the cluster's configuration",
    fix: "use kind 0.20 or newer (nftables for kube-proxy needs 0.24), or leave out --kube-proxy",
  },
  {
    says: /kubelet is not running|timed out waiting for the condition|failed to init node|couldn't initialize a Kubernetes cluster/i,
    means: "Kubernetes did not start in the control plane's node",
    fix: "the node image must support this kernel (cgroup v1 needs Kubernetes up to 1.34): try another --node-image",
  },
];

/** What `kind create cluster` needs to know. */
export interface ClusterOrder {
  /** Program. */
  readonly kind: string;
  /** As `renderConfig` makes it. */
  readonly config: string;
  /** File that kind writes the way to the API to; only this user can read it. */
  readonly kubeconfig: string;
}

/**
 * Makes the cluster. Never waits for nodes to be ready: without a CNI they cannot be, and `--wait` would let its time pass and then succeed.
 */
export async function createCluster(host: Executor, { kind, config, kubeconfig }: ClusterOrder): Promise<void> {
  const argv = [kind, "create", "cluster", "--config", "-", "--kubeconfig", kubeconfig];
  const result = await host.tryRun(argv, { input: config, timeoutMs: createTimeoutMs });
  if (result.exitCode !== 0) throw kindFailure(result);
}

/** The error of a kind command that failed: what it means where that is known, and what kind said. */
export function kindFailure({ argv, stderr, stdout, exitCode, where }: CommandResult): LabError {
  const said = `${stdout}\n${stderr}`;
  const known = meanings.find(({ says }) => says.test(said));
  const lines = said.trim().split("\n");
  return new LabError(known?.means ?? `kind could not make the cluster (exit ${exitCode})`, {
    where,
    command: shellQuote(argv),
    tail: lines
      .filter((line) => /error|fail/i.test(line))
      .slice(0, 4)
      .concat(lines.slice(-6))
      .join("\n"),
    ...(known === undefined ? {} : { fix: known.fix }),
  });
}
