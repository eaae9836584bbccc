import { shellQuote } from "../../exec/quote.ts";
import type { Lab, LabNode } from "../../lab/lab.ts";
import { withoutPrefix } from "../../topology/address.ts";
import type { Family } from "../../topology/topology.ts";
import type { BgpSessionFact } from "../dataplane.ts";
import { parseLearned, parseProtocols } from "../fabric/bgp-sessions.ts";
import type { CalicoFiles } from "./calico-source.ts";
import { nodeFolder } from "./lab-folder.ts";
import { nodeCommand } from "./node-command.ts";

/** The sessions of every node's BIRD, with the other nodes (Calico's mesh) and with routers; [] where no BIRD runs. */
export async function readNodeSessions(lab: Lab, files: CalicoFiles): Promise<readonly BgpSessionFact[]> {
  const names = neighborNames(lab);
  const all = await Promise.all(
    lab.nodes.flatMap((node) => lab.plan.families.map((family) => sessionsOf(lab, node, family, files, names))),
  );
  return all.flat();
}

async function sessionsOf(
  lab: Lab,
  { name: at, executor }: LabNode,
  family: Family,
  { bgp }: CalicoFiles,
  names: ReadonlyMap<string, string>,
): Promise<readonly BgpSessionFact[]> {
  if (bgp === undefined) return [];
  const socket = `/var/run/calico/${family === 4 ? "bird.ctl" : "bird6.ctl"}`;
  const ask = (words: string): string => shellQuote([bgp.birdcl, "-s", socket, ...words.split(" ")]);
  // In one go, as entering a node's Calico costs an emulated machine half a second.
  const script = `${ask("show protocols")}; echo ${separator}; ${ask("show route")}`;
  const argv = nodeCommand({ folder: nodeFolder(lab, at) }, ["sh", "-c", script]);
  const [protocols = "", routes = ""] = (await executor.tryRun(argv)).stdout.split(`${separator}\n`);
  const learned = parseLearned(routes);
  return [...parseProtocols(protocols)].map(([protocol, state]) => {
    const address = addressIn(protocol, family);
    return { at, peer: names.get(address) ?? address, family, state, learned: learned.get(protocol) ?? [] };
  });
}

/** Stands between the answers of one script; BIRD prints no such line. */
const separator = "--next--";

/** confd names protocols after their peers: `Mesh_198_18_1_12`, `Node_fd00_18_1__b` (bird.cfg.template). */
function addressIn(protocol: string, family: Family): string {
  const words = protocol.slice(protocol.indexOf("_") + 1);
  return words.replaceAll("_", family === 4 ? "." : ":");
}

function neighborNames(lab: Lab): ReadonlyMap<string, string> {
  const { nodes, routers } = lab.plan;
  const ports = [
    ...nodes.map(({ name, uplink }) => ({ name, port: uplink })),
    ...routers.flatMap(({ name, ports: own }) => own.map((port) => ({ name, port }))),
  ];
  return new Map(
    ports.flatMap(({ name, port }) => Object.values(port.addresses).map((address) => [withoutPrefix(address), name])),
  );
}
