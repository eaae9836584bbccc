import type { Plan, PlannedNode, ServiceAllocation } from "../topology/plan.ts";
import type { Family } from "../topology/topology.ts";
import type { Mode } from "./mode.ts";
import type { NodePair } from "./node-pairs.ts";
import { isSecondLeg, type Locality, type Path, type Traffic } from "./path.ts";

/** Traffic of requests from outside, by the externalTrafficPolicy of the Service and by what is dialed. */
type RequestTraffic = `external-to-${"nodeport" | "loadbalancer"}${"" | "-local"}`;

/** Whether traffic is a request from outside. */
export function isRequest(traffic: Traffic): traffic is RequestTraffic {
  return traffic.startsWith("external-to-");
}

/** Whether a host outside dials the address of a load balancer. */
export function goesToBalancer(traffic: Traffic): traffic is Extract<RequestTraffic, `${string}balancer${string}`> {
  return traffic.startsWith("external-to-loadbalancer");
}

/** The externalTrafficPolicy of the Service that a request goes to. */
export function policyOf(traffic: RequestTraffic): "masqueraded" | "local" {
  return traffic.endsWith("-local") ? "local" : "masqueraded";
}

/** The requests of which a node's own traffic to backends is the further way. */
export function requestsOf(leg: "nodeport-to-pod" | "loadbalancer-to-pod"): RequestTraffic {
  return leg === "nodeport-to-pod" ? "external-to-nodeport" : "external-to-loadbalancer";
}

/** Hosts outside that ask for services. */
export function clientsOf({ external = [], topology }: Plan): readonly PlannedNode[] {
  const servers = (topology.external ?? []).filter(({ role }) => role === "server").map(({ name }) => name);
  return external.filter(({ name }) => !servers.includes(name));
}

/**
 * A request to a Service, for a pair of nodes: the one at which it comes in, and the one with the backend. The locality is
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
  const port = service && dialedPort(service, traffic, family);
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

function dialedPort(service: ServiceAllocation, traffic: RequestTraffic, family: Family): number | undefined {
  const policy = policyOf(traffic);
  if (!goesToBalancer(traffic)) return service.nodePorts?.[policy];
  return service.balanced?.[policy][family] === undefined ? undefined : service.port;
}

/**
 * What becomes of a request behind the node at which it comes in: its own way to the backend, with the addresses that this node gives it. The
 * same packets, asked about by a path of their own. Undefined where the client's address stays (Local): there is nothing new.
 */
export function secondLegOf(request: Path): Path | undefined {
  const { nodePort, traffic: asked, mode, locality, family, source, target } = request;
  if (nodePort === undefined || !isRequest(asked) || policyOf(asked) === "local") return undefined;
  const traffic = goesToBalancer(asked) ? "loadbalancer-to-pod" : "nodeport-to-pod";
  return {
    id: `${mode}/${traffic}/${locality}/v${family}/${nodePort.node}->${target.node}`,
    ...{ mode, traffic, locality, family },
    source: { node: nodePort.node },
    target,
    client: source.node,
  };
}

/** The request whose second leg a path is; undefined for all others. */
export function requestOf(leg: Path, plan: Plan): Path | undefined {
  const { client, mode, locality, family, source, target, traffic: own } = leg;
  const service = plan.allocation.services.find(({ backend }) => backend === target.pod);
  if (client === undefined || service === undefined || !isSecondLeg(own)) return undefined;
  const traffic = requestsOf(own);
  const port = dialedPort(service, traffic, family);
  if (port === undefined) return undefined;
  return {
    id: `${mode}/${traffic}/${locality}/v${family}/${client}->${source.node}->${target.node}`,
    ...{ mode, traffic, locality, family },
    source: { node: client },
    target,
    service: service.service,
    nodePort: { port, node: source.node },
  };
}
