import { formName } from "./form-name.ts";
import type { PathOutcome } from "./path-outcome.ts";

/** What people call a path: "pod a1 → pod b1, across racks: VXLAN". Nodes and routers are called by what was asked of them. */
export function pathTitle({ id, mode, path }: Pick<PathOutcome, "id" | "mode" | "path">): string {
  if (path === undefined) return nodeTitle(id.startsWith(`${mode}/`) ? id.slice(mode.length + 1) : id);
  const { traffic, locality, family, source, target } = path.expectation.path;
  const [from, to] = ends[traffic];
  const sixth = family === 6 ? ", IPv6" : "";
  const form = formName(path.expectation);
  const where = `${from} ${source.node} → ${to} ${target.node}, ${places[locality]}${sixth}`;
  return form === "-" ? where : `${where}: ${form === "dies" ? "no way" : form}`;
}

const ends = {
  "pod-to-pod": ["pod", "pod"],
  "pod-to-clusterip": ["pod", "service on"],
  "host-to-pod": ["host", "pod"],
  "host-to-clusterip": ["host", "service on"],
  "pod-to-host": ["pod", "host"],
  "pod-to-host-service": ["pod", "service of host"],
  "pod-to-external": ["pod", "external host"],
  "external-to-nodeport": ["external host", "NodePort's pod on"],
  "external-to-nodeport-local": ["external host", "NodePort's pod on"],
  "nodeport-to-pod": ["NodePort of", "pod"],
  "external-to-loadbalancer": ["external host", "load balancer's pod on"],
  "external-to-loadbalancer-local": ["external host", "load balancer's pod on"],
  "loadbalancer-to-pod": ["load balancer's node", "pod"],
  "pod-to-service": ["pod", "shared service's pod on"],
} as const;

const places = { "same-node": "one node", "same-subnet": "one rack", "cross-subnet": "across racks" } as const;

function nodeTitle(rest: string): string {
  const [what = "", ...name] = rest.split("/");
  return `${questions[what] ?? `${what.replaceAll("-", " ")} of`} ${name.join("/")}`;
}

/** What is asked of a node beside its paths. */
const questions: Readonly<Record<string, string>> = {
  bgp: "BGP of",
  sentinel: "nothing astray around",
  "next-hop-mac": "MACs of next hops around",
  neighbors: "neighbors answer around",
  "connection-tracking": "connection tracking of",
  "interface-errors": "errors of devices of",
  steady: "steady in the run:",
  control: "red in the opposite mode:",
};
