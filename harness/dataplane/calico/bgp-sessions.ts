import { join } from "node:path";
import type { Lab, LabNode } from "../../provider/provider.ts";
import { withoutPrefix } from "../../topology/address.ts";
import type { Family } from "../../topology/topology.ts";
import type { BgpSessionFact } from "../dataplane.ts";
import { parseProtocols } from "../fabric/bgp-sessions.ts";
import type { CalicoFiles } from "./calico-source.ts";
import { nodeFolder } from "./lab-folder.ts";

/** The sessions of every node's BIRD, with the other nodes (Calico's mesh) and with routers; [] where no BIRD runs. */
export async function readNodeSessions(lab: Lab, files: CalicoFiles): Promise<readonly BgpSessionFact[]> {
  const names = neighbourNames(lab);
  const all = await Promise.all(
    lab.nodes.flatMap((node) => lab.plan.families.map((family) => sessionsOf(lab, node, family, files, names))),
  );
  return all.flat();
}

async function sessionsOf(
  lab: Lab,
  { name: at, executor }: LabNode,
  family: Family,
  { bgp, root }: CalicoFiles,
  names: ReadonlyMap<string, string>,
): Promise<readonly BgpSessionFact[]> {
  if (bgp === undefined) return [];
  const socket = join(nodeFolder(lab, at), "run", family === 4 ? "bird.ctl" : "bird6.ctl");
  const { stdout } = await executor.tryRun([`${root ?? ""}${bgp.birdcl}`, "-s", socket, "show", "protocols"]);
  return [...parseProtocols(stdout)].map(([protocol, state]) => {
    const address = addressIn(protocol, family);
    return { at, peer: names.get(address) ?? address, family, state };
  });
}

/** confd names protocols after their peers: `Mesh_198_18_1_12`, `Node_fd00_18_1__b` (bird.cfg.template). */
function addressIn(protocol: string, family: Family): string {
  const words = protocol.slice(protocol.indexOf("_") + 1);
  return words.replaceAll("_", family === 4 ? "." : ":");
}

function neighbourNames(lab: Lab): ReadonlyMap<string, string> {
  const { nodes, routers } = lab.plan;
  const ports = [
    ...nodes.map(({ name, uplink }) => ({ name, port: uplink })),
    ...routers.flatMap(({ name, ports: own }) => own.map((port) => ({ name, port }))),
  ];
  return new Map(
    ports.flatMap(({ name, port }) => Object.values(port.addresses).map((address) => [withoutPrefix(address), name])),
  );
}
