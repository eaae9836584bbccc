import type { CommandResult, Executor } from "../executor.ts";
import { prefixedExecutor } from "./prefix.ts";

/**
 * Runs commands in a network namespace made by `ip netns add`, on any executor: a pod inside a node, wherever the node is.
 *
 * nsenter(1) and not `ip netns exec`, for two reasons. `ip netns exec` also unshares the mount namespace, so that an
 * `ip netns add` inside it makes a namespace that vanishes with the command: nodes must be able to make pods. And it costs
 * about twice as much per command (1.1 ms against 0.6 ms on top of the fork). The price: /sys still shows the outer
 * namespace's devices, so ask ip(8) and never /sys/class/net; /proc/sys/net follows the namespace.
 */
export function inNamespace(executor: Executor, namespace: string, where: string): Executor {
  // Of namespaces within each other only the last counts: it is found by its name from outside as well.
  const outside = outsideOf(executor);
  return prefixedExecutor(outside, { argv: namespacePrefixArgv(namespace), where, missing: cannotExecute });
}

/** What an executor that does nothing but enter a namespace runs on, with the same kernel and programs; any other itself. */
export function outsideOf(executor: Executor): Executor {
  const [program, option = "", end, ...more] = executor.behind?.prefix ?? [];
  const enters = program === "nsenter" && option.startsWith("--net=") && end === "--" && more.length === 0;
  return enters ? (executor.behind?.inner ?? executor) : executor;
}

/** What stands before a command to run it in a namespace; for batches and for showing users how to enter one. */
export function namespacePrefixArgv(namespace: string): readonly string[] {
  return ["nsenter", `--net=/run/netns/${namespace}`, "--"];
}

/** The command with which a person runs a program, or else a shell, in a namespace of this host. */
export function enterNamespace(namespace: string): (program?: readonly string[]) => readonly string[] {
  return (program = ["bash"]) => ["sudo", ...namespacePrefixArgv(namespace), ...program];
}

/** util-linux says "failed to execute", busybox "can't execute"; both exit with 127. */
function cannotExecute({ exitCode, stderr }: CommandResult): boolean {
  return exitCode === 127 && /^nsenter: (failed to execute|can't execute)/m.test(stderr);
}
