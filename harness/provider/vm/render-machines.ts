import type { Plan } from "../../topology/plan.ts";
import { fabricNamespace, type LabId } from "../netns/names.ts";
import { renderBuildScript } from "../netns/render-script.ts";
import { renderLab } from "../netns/render-lab.ts";
import { machinesNamespace, managementBridge, managementPort } from "./vm-names.ts";

/** sh script that builds the fabric and the routers as namespaces: those of a lab of namespaces, without its nodes. */
export function fabricScript(plan: Plan, id: LabId): string {
  const routers = new Set(plan.routers.map(({ name }) => name));
  const fabric = renderLab({ ...plan, nodes: [] }, id);
  // From the whole plan, because routers answer for nodes in other racks.
  const members = renderLab(plan, id).members.filter(({ name }) => routers.has(name));
  return renderBuildScript({ ...fabric, members }, [], id);
}

/** The script that makes a node out of a machine, as a namespace would be set up. */
export function nodeScripts(plan: Plan, id: LabId): ReadonlyMap<string, string> {
  return new Map(renderLab(plan, id).members.map(({ name, script }) => [name, script]));
}

/** For `ip -batch -` in the namespace of machines: the management bridge, and two taps per node. */
export function tapBatch(plan: Plan): string {
  const { device, address } = managementBridge;
  return lines([
    "link set lo up",
    `link add ${device} type bridge stp_state 0 forward_delay 0 mcast_snooping 0`,
    `addr add ${address}/24 dev ${device}`,
    `link set ${device} up`,
    ...plan.nodes.flatMap(({ uplink }, index) => {
      const { tap } = managementPort(index);
      return [
        `tuntap add dev ${tap} mode tap vnet_hdr`,
        `link set ${tap} master ${device} up`,
        `tuntap add dev ${uplink.bridgePort} mode tap vnet_hdr`,
      ];
    }),
  ]);
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
export function sshTunnelArgv(id: LabId, index: number, port: number): readonly string[] {
  const namespace = `--net=/run/netns/${machinesNamespace(id)}`;
  return ["nsenter", namespace, "busybox", "nc", managementPort(index).address, String(port)];
}

function lines(list: readonly string[]): string {
  return list.map((line) => `${line}\n`).join("");
}
