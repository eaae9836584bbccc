import type { Plan } from "../../topology/plan.ts";
import { fabricNamespace, type LabId } from "../../lab/lab-id.ts";
import { renderBuildScript } from "../../underlay/render-script.ts";
import { renderLab } from "../../underlay/render-lab.ts";
import { guestAddress, guestMac, labAddress, managementFile, sshPort } from "../../rootfs/guest-init.ts";
import { machinesNamespace, managementTap } from "./vm-names.ts";

/** sh script that builds the fabric, the routers and hosts outside as namespaces: those of a lab of namespaces, without its nodes. */
export function fabricScript(plan: Plan, id: LabId): string {
  const names = new Set([...plan.routers, ...(plan.external ?? [])].map(({ name }) => name));
  const fabric = renderLab({ ...plan, nodes: [] }, id);
  // From the whole plan, because routers answer for nodes in other racks.
  const members = renderLab(plan, id).members.filter(({ name }) => names.has(name));
  return renderBuildScript({ ...fabric, members }, [], id);
}

/** The script that makes a node out of a machine, as a namespace would be set up. */
export function nodeScripts(plan: Plan, id: LabId): ReadonlyMap<string, string> {
  return new Map(renderLab(plan, id).members.map(({ name, script }) => [name, script]));
}

/**
 * sh script for the namespace of machines: two taps per node. All guests have the same management address, each on a wire of its
 * own, so that they have it before they have an identity; permanent neighbor entries save the first packets a wait.
 */
export function tapScript(plan: Plan): string {
  const batch = plan.nodes.flatMap(({ uplink }, index) => {
    const tap = managementTap(index);
    return [
      `tuntap add dev ${tap} mode tap vnet_hdr`,
      `link set ${tap} up`,
      `addr add ${labAddress}/64 dev ${tap} nodad`,
      `neigh add ${guestAddress} lladdr ${guestMac} dev ${tap} nud permanent`,
      `tuntap add dev ${uplink.bridgePort} mode tap vnet_hdr`,
    ];
  });
  const ipv6 = ["all", "default"].map((scope) => `echo 0 >/proc/sys/net/ipv6/conf/${scope}/disable_ipv6`);
  return `set -e\n${lines(ipv6)}exec ip -batch - <<'END'\n${lines(batch)}END\n`;
}

/** For `ip -batch -` in the namespace of machines, once QEMU has opened the taps: the uplinks go to the fabric. */
export function handOverBatch(plan: Plan, id: LabId): string {
  return lines(plan.nodes.map(({ uplink }) => `link set ${uplink.bridgePort} netns ${fabricNamespace(id)}`));
}

/** For `ip -batch -` in the fabric: each uplink becomes a port of its rack's bridge. */
export function enslaveBatch(plan: Plan): string {
  return lines(
    plan.nodes.map(({ uplink: { bridgePort, segment, mtu } }) => {
      const bridge = plan.segments.find(({ name }) => name === segment)?.bridge ?? segment;
      return `link set ${bridgePort} mtu ${mtu} master ${bridge} up`;
    }),
  );
}

/** Command that reaches a node's ssh server from this host: its standard input and output are the connection. */
export function sshTunnelArgv(id: LabId, index: number): readonly string[] {
  const address = `${guestAddress}%${managementTap(index)}`;
  return ["nsenter", `--net=/run/netns/${machinesNamespace(id)}`, "busybox", "nc", address, String(sshPort)];
}

/** Command on a node that reaches a TCP port of the namespace of machines; nothing of it is seen by the tested network. */
export function dialArgv(port: number): readonly string[] {
  return ["nsenter", `--net=${managementFile}`, "--", "busybox", "nc", `${labAddress}%mgmt0`, String(port)];
}

/** For `ip -batch -` in the fabric: the uplinks go back to the namespace of machines, where QEMU opens them. */
export function takeBackBatch(plan: Plan, id: LabId): string {
  return lines(
    plan.nodes.flatMap(({ uplink: { bridgePort } }) => [
      `link set ${bridgePort} nomaster down`,
      `link set ${bridgePort} netns ${machinesNamespace(id)}`,
    ]),
  );
}

function lines(list: readonly string[]): string {
  return list.map((line) => `${line}\n`).join("");
}
