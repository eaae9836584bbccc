import { LabError } from "../core/errors.ts";
import { runScript } from "../exec/script.ts";
import { withoutPrefix } from "../topology/address.ts";
import type { Plan, PlannedNode } from "../topology/plan.ts";
import type { Family } from "../topology/topology.ts";
import type { LabNode } from "../lab/lab.ts";

/** How a node really reaches the others. */
export interface NodeSurvey {
  readonly node: string;
  /** Device by which it reaches them: its uplink. */
  readonly device: string;
  readonly mac: string;
  readonly mtu: number;
  /** Of its uplink, with prefix. */
  readonly addresses: readonly string[];
  /** Of all its other devices but loopback, tunnels and pods, with prefix. */
  readonly others: readonly string[];
  readonly ways: readonly NodeWay[];
}

/** The kernel's next hop toward another node's registered address. */
export interface NodeWay {
  readonly to: string;
  readonly family: Family;
  readonly device: string;
  /** Missing where the other is a neighbor. */
  readonly via?: string;
}

/** Stands between the answers of one script; no output of ip(8) looks like it. */
const separator = "--next--";

/** Asks every node, with one command each, for its devices and for its way to every other node. */
export function surveyNodes(plan: Plan, nodes: readonly LabNode[]): Promise<readonly NodeSurvey[]> {
  return Promise.all(
    nodes.map(async ({ name, executor }) => {
      const targets = plan.nodes.filter((node) => node.name !== name).flatMap((node) => targetsOf(plan, node));
      const asks = targets.map(({ family, address }) => `ip -j -${family} route get ${address} || echo '[]'`);
      const { stdout } = await runScript(executor, ["ip -j addr", ...asks].join(`\necho ${separator}\n`));
      return surveyOf(name, targets, stdout.split(`${separator}\n`), executor.where);
    }),
  );
}

interface Target {
  readonly node: string;
  readonly family: Family;
  readonly address: string;
}

function targetsOf(plan: Plan, { name, uplink }: PlannedNode): readonly Target[] {
  return plan.families.flatMap((family) => {
    const address = uplink.addresses[family];
    return address === undefined ? [] : [{ node: name, family, address: withoutPrefix(address) }];
  });
}

interface LinkJson {
  readonly ifname?: string;
  readonly address?: string;
  readonly mtu?: number;
  readonly addr_info?: readonly { readonly local?: string; readonly prefixlen?: number; readonly scope?: string }[];
}

interface RouteJson {
  readonly dev?: string;
  readonly gateway?: string;
  readonly via?: { readonly host?: string };
}

/** Reads the answers of one node: `ip -j addr`, then one `ip -j route get` per target. */
function surveyOf(node: string, targets: readonly Target[], answers: readonly string[], where: string): NodeSurvey {
  const [links = "[]", ...routes] = answers;
  const ways = targets.flatMap((target, index): readonly NodeWay[] => {
    const [route] = JSON.parse(routes[index] ?? "[]") as readonly RouteJson[];
    const via = route?.gateway ?? route?.via?.host;
    if (route?.dev === undefined) return [];
    const { node: to, family } = target;
    return [{ to, family, device: route.dev, ...(via === undefined ? {} : { via }) }];
  });
  const device = ways[0]?.device;
  const devices = JSON.parse(links) as readonly LinkJson[];
  const link = devices.find(({ ifname }) => ifname === device);
  if (device === undefined || link === undefined) {
    throw new LabError(`node ${node} has no route to any other node's address`, {
      where,
      fix: "see `ip route get` there for the address in annotation projectcalico.org/IPv4Address of another node",
    });
  }
  const others = devices.filter((other) => other !== link && !notLegs.test(other.ifname ?? ""));
  return {
    node,
    device,
    mac: link.address ?? "",
    mtu: link.mtu ?? 0,
    addresses: addressesOf(link),
    others: others.flatMap(addressesOf),
    ways,
  };
}

/** Devices whose addresses are no node's: loopback, Calico's tunnels and pods, kube-proxy's and Docker's own. */
const notLegs = /^(lo|cali|tunl0|vxlan|wireguard|kube-ipvs|nodelocaldns|docker)/;

function addressesOf({ addr_info }: LinkJson): readonly string[] {
  return (addr_info ?? []).flatMap(({ local, prefixlen, scope }) =>
    local === undefined || prefixlen === undefined || scope === "link" ? [] : [`${local}/${prefixlen}`],
  );
}
