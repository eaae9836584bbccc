import type { Scope } from "../core/scope.ts";
import { newRunId } from "../core/run-id.ts";
import type { Executor } from "../exec/executor.ts";
import { inNamespace } from "../exec/namespace/namespace.ts";
import type { Capability } from "./lab.ts";
import { removeLab } from "./remove-lab.ts";
import { fabricNamespace } from "./lab-id.ts";
import { labIdOf } from "./owner.ts";

/**
 * Commands that work exactly where the kernel (and the tool) can: module lists and kernel configs lie about built-in,
 * missing and forbidden modules.
 */
const trials: Readonly<Record<Capability, string>> = {
  vxlan: "ip link add tv4 type vxlan id 4096 dstport 4789 local 127.0.0.1 nolearning",
  vxlan6: "ip link add tv6 type vxlan id 4096 dstport 4790 local ::1 nolearning",
  ipip: "ip link add ti type ipip local 127.0.0.1 remote 127.0.0.2",
  nftables: "nft add table inet trial",
  netem: "tc qdisc add dev lo root netem delay 1ms && tc qdisc del dev lo root",
  tbf: "tc qdisc add dev lo root tbf rate 10mbit burst 64kb latency 1s",
  ipv6: "ip addr add fd00::1/128 dev lo",
};

/** Shell commands that print the name of each capability that works; to be run in a namespace that is thrown away. */
export const trialScript = [
  "ip link set lo up",
  ...Object.entries(trials).map(([name, command]) => `{ ${command}; } >/dev/null 2>&1 && echo ${name}`),
  "true\n",
].join("\n");

/** Reads what `trialScript` printed. */
export function parseTrials(stdout: string): readonly Capability[] {
  return stdout.split("\n").filter((word): word is Capability => word in trials);
}

/** Tries each capability in a scratch namespace, which carries a lab's name so that nobody's leftover goes unnoticed. */
export async function probeCapabilities(
  host: Executor,
  ownerPid: number,
  scope: Scope,
): Promise<ReadonlySet<Capability>> {
  const id = await labIdOf(newRunId(), ownerPid);
  if (id === undefined) return new Set();
  const namespace = fabricNamespace(id);
  scope.defer(`remove scratch namespace ${namespace}`, () => removeLab(id.runId, host));
  await host.run(["ip", "netns", "add", namespace]);
  const scratch = inNamespace(host, namespace, `scratch netns ${namespace}`);
  const { stdout } = await scratch.run(["sh", "-s"], { input: trialScript });
  return new Set(parseTrials(stdout));
}
