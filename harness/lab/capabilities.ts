import type { Scope } from "../core/scope.ts";
import { newRunId } from "../core/run-id.ts";
import type { Executor } from "../exec/executor.ts";
import { inNamespace } from "../exec/namespace/namespace.ts";
import type { Capability } from "./lab.ts";
import { removeLab } from "./remove-lab.ts";
import { fabricNamespace } from "./lab-id.ts";
import { labIdOf } from "./owner.ts";
import { vxlanPort } from "../packet/tunnel/vxlan.ts";

/** Name of what a trial makes; it lives for some milliseconds. */
export const trialName = "encaplab-try";

/**
 * Commands that work exactly where the kernel (and the tool) can: module lists and kernel configs lie about built-in,
 * missing and forbidden modules. Those of tunnels leave nothing behind; the others want a namespace that is thrown away.
 */
export const trials: Readonly<Record<Capability, string>> = {
  vxlan: tunnelTrial(`vxlan id 1 dstport ${vxlanPort} local 192.0.2.1`),
  vxlan6: tunnelTrial(`vxlan id 1 dstport ${vxlanPort} local 2001:db8::1`),
  ipip: tunnelTrial("ipip local 192.0.2.1"),
  wireguard: tunnelTrial("wireguard"),
  nftables: "nft add table inet trial",
  netem: "tc qdisc add dev lo root netem delay 1ms && tc qdisc del dev lo root",
  tbf: "tc qdisc add dev lo root tbf rate 10mbit burst 64kb latency 1s",
  vlan: "ip link add trial0 type veth peer name trial1 && ip link add link trial0 name trial0.1 type vlan id 1",
  ipv6: "ip addr add fd00::1/128 dev lo",
};

/** The addresses are of no host (RFC 5737, RFC 3849): the kernel does not ask for them. */
function tunnelTrial(kind: string): string {
  return `ip link add ${trialName} type ${kind} && ip link del ${trialName}`;
}

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
