import type { Plan, PlannedNode } from "../topology/plan.ts";
import type { Family } from "../topology/topology.ts";
import type { Mode } from "./mode.ts";
import type { NodePair } from "./node-pairs.ts";
import type { Locality, Path, Traffic } from "./path.ts";

/** Traffic of requests from outside, by the externalTrafficPolicy of the Service. */
type RequestTraffic = "external-to-nodeport" | "external-to-nodeport-local";

/** Whether traffic is a request from outside. */
export function isRequest(traffic: Traffic): traffic is RequestTraffic {
  return traffic === "external-to-nodeport" || traffic === "external-to-nodeport-local";
}

/** Hosts outside that ask for services. */
export function clientsOf({ external = [], topology }: Plan): readonly PlannedNode[] {
  const servers = (topology.external ?? []).filter(({ role }) => role === "server").map(({ name }) => name);
  return external.filter(({ name }) => !servers.includes(name));
}

/**
 * A request to a Service on a node's address, for a pair of nodes: the one that is dialed, and the one with the backend. The locality is
 * that of these two, as the way between them is what a mode decides on; clients take turns.
 */
export function requestPath(
  plan: Plan,
  mode: Mode,
  traffic: RequestTraffic,
  family: Family,
  [entry, target]: NodePair,
  locality: Locality,
): Path[] {
  const clients = clientsOf(plan);
  const client = clients[plan.nodes.indexOf(entry) % Math.max(1, clients.length)]?.name;
  const [pod] = target.pods;
  const service = plan.allocation.services.find(({ backend }) => backend === pod);
  const port = service?.nodePorts?.[traffic === "external-to-nodeport" ? "masqueraded" : "local"];
  if (client === undefined || pod === undefined || service === undefined || port === undefined) return [];
  return [
    {
      id: `${mode.id}/${traffic}/${locality}/v${family}/${client}->${entry.name}->${target.name}`,
      ...{ mode: mode.id, traffic, locality, family },
      source: { node: client },
      target: { node: target.name, pod },
      service: service.service,
      nodePort: { port, node: entry.name },
    },
  ];
}

/**
 * What becomes of a request behind the node that is dialed: its own way to the backend, with the addresses that this node gives it. The
 * same packets, asked about by a path of their own. Undefined where the client's address stays (Local): there is nothing new.
 */
export function secondLegOf(request: Path): Path | undefined {
  const { nodePort, traffic, mode, locality, family, source, target } = request;
  if (nodePort === undefined || traffic !== "external-to-nodeport") return undefined;
  return {
    id: `${mode}/nodeport-to-pod/${locality}/v${family}/${nodePort.node}->${target.node}`,
    ...{ mode, traffic: "nodeport-to-pod", locality, family },
    source: { node: nodePort.node },
    target,
    client: source.node,
  };
}

/** The request whose second leg a path is; undefined for all others. */
export function requestOf(leg: Path, plan: Plan): Path | undefined {
  const { client, mode, locality, family, source, target } = leg;
  const service = plan.allocation.services.find(({ backend }) => backend === target.pod);
  if (client === undefined || service?.nodePorts === undefined) return undefined;
  return {
    id: `${mode}/external-to-nodeport/${locality}/v${family}/${client}->${source.node}->${target.node}`,
    ...{ mode, traffic: "external-to-nodeport", locality, family },
    source: { node: client },
    target,
    service: service.service,
    nodePort: { port: service.nodePorts.masqueraded, node: source.node },
  };
}
