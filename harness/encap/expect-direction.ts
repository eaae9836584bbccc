import { byNameOnce } from "../core/once-for.ts";
import { contains } from "../topology/address.ts";
import type { Plan, PlannedNode } from "../topology/plan.ts";
import type { Family } from "../topology/topology.ts";
import type { ExpectedDirection, ExpectedHop, ExpectedOuter, Form, HopRole, TapId } from "./expectation.ts";
import type { Flow } from "./flow.ts";
import { madeByFelix } from "./made-by-felix.ts";
import type { Mode } from "./mode.ts";
import type { Parties, Party } from "./parties.ts";
import type { Path } from "./path.ts";
import { modeToward } from "./pool-mode.ts";
import { vniOf, vtepMacOf } from "./tunnel.ts";
import { underlayWay, type Way } from "./underlay-way.ts";
import { wireguardPort } from "./wireguard.ts";
import { vxlanPort } from "../packet/tunnel/vxlan.ts";

/** What must happen to the packets of one direction: hop by hop, with outer headers, up to their end. */
export function expectDirection(
  plan: Plan,
  mode: Mode,
  path: Path,
  { source, target }: Parties,
  direction: "forward" | "reverse",
  flow: Flow,
): ExpectedDirection {
  const [from, to] = direction === "forward" ? [source, target] : [target, source];
  const ends: readonly [End, End] = direction === "forward" ? ["source", "target"] : ["target", "source"];
  const { form, sources, destination } = flow;
  if (form === "none")
    return { hops: [...podHop(from, ends[0]), ...podHop(to, ends[1])], underlay: form, sources, destination };
  const way = wayOf(plan, mode, path.family, from, to, flow);
  const { link } = plannedNode(plan, from).uplink;
  const outer = form === "plain" ? undefined : outerOf(plan, form, path.family, from, to);
  const seen = seenOf(plan, way);
  return {
    hops: hopsOf(seen, form, from, to, ends),
    underlay: form,
    ...(outer === undefined ? {} : { outer }),
    sources,
    destination,
    ...(seen.routers.length < way.routers.length ? { unseenRouters: true as const } : {}),
    ...equalWaysOf(way),
    ...(way.dies === undefined ? {} : { dies: way.dies }),
    ...narrowOf(plan, from, way),
    ...(link === undefined || !way.leaves ? {} : { link }),
  };
}

function equalWaysOf({ routers, equal }: Way): Pick<ExpectedDirection, "equalWays"> {
  const before = equal === undefined ? undefined : routers[equal.after - 1];
  if (equal === undefined || before?.out === undefined) return {};
  const tapsOf = ({ router, in: inward, out }: Way["routers"][number]): readonly TapId[] =>
    [inward, ...(out === undefined ? [] : [out])].map((device) => ({ node: router, device }));
  return {
    equalWays: {
      from: { node: before.router, device: before.out },
      ways: equal.ways.map((way) => way.flatMap(tapsOf)),
    },
  };
}

function narrowOf(plan: Plan, from: Party, { routers: common, equal }: Way): Pick<ExpectedDirection, "narrow"> {
  const routers = [
    ...common.slice(0, equal?.after),
    ...(equal?.ways[0] ?? []),
    ...common.slice(equal?.after ?? common.length),
  ];
  const ports = routers.flatMap(({ router, out }) => {
    const port = plan.routers.find(({ name }) => name === router)?.ports.find(({ device }) => device === out);
    return port === undefined ? [] : [{ router, port }];
  });
  const mtu = Math.min(...ports.map(({ port }) => port.mtu));
  if (mtu >= plannedNode(plan, from).uplink.mtu) return {};
  const first = ports.find(({ port }) => port.mtu === mtu);
  return first === undefined ? {} : { narrow: { mtu, from: { node: first.router, device: first.port.device } } };
}

type End = "source" | "target";

function wayOf(plan: Plan, mode: Mode, family: Family, from: Party, to: Party, flow: Flow): Way {
  const between = [plannedNode(plan, from), plannedNode(plan, to)] as const;
  const form = flow.form === "none" ? "plain" : flow.form;
  if (form !== "plain" || !flow.toBlock) return underlayWay(plan, family, ...between, { onlink: false, form });
  const onlink = from.node.external !== true && madeByFelix(plan, modeToward(mode, to.node, flow.destination), family);
  const block = to.node.blocks[family]?.find((own) => contains(own, flow.destination)) ?? flow.destination;
  const unroutable = `has no route to ${block} (fabric: none)`;
  return underlayWay(plan, family, ...between, plan.topology.fabric === "none" ? { onlink, unroutable } : { onlink });
}

/** The way without routers that nobody can listen inside of. */
function seenOf(plan: Plan, way: Way): Way {
  const unseen = plan.routers.filter((router) => router.unseen === true).map(({ name }) => name);
  return { ...way, routers: way.routers.filter(({ router }) => !unseen.includes(router)) };
}

function hopsOf(way: Way, form: Form, from: Party, to: Party, [start, end]: readonly [End, End]): ExpectedHop[] {
  const hop = (node: string, device: string, role: HopRole): ExpectedHop => ({ tap: { node, device }, role, form });
  const routers = way.routers.flatMap((step) => [
    hop(step.router, step.in, "router-in"),
    ...(step.out === undefined ? [] : [hop(step.router, step.out, "router-out")]),
  ]);
  return [
    ...podHop(from, start),
    ...(way.leaves ? [hop(from.node.name, from.node.uplink, `${start}-uplink`)] : []),
    ...routers,
    ...(way.dies === undefined ? [hop(to.node.name, to.node.uplink, `${end}-uplink`), ...podHop(to, end)] : []),
  ];
}

/** The hop at a pod's own device; none where the host is the end. Inside a node packets have no outer header. */
export function podHop({ node, pod }: Party, end: End): ExpectedHop[] {
  if (pod === undefined) return [];
  return [{ tap: { node: node.name, device: pod.hostDevice }, role: `${end}-pod`, form: "plain" }];
}

function outerOf(plan: Plan, form: Exclude<Form, "plain">, family: Family, from: Party, to: Party): ExpectedOuter {
  const outer = { source: from.nodeAddress, destination: to.nodeAddress };
  if (form === "ipip") return outer;
  if (form === "wireguard") return { ...outer, wireguard: { port: wireguardPort(family) } };
  const innerSourceMac = vtepMacOf(from.node, family);
  const innerDestinationMac = vtepMacOf(to.node, family);
  return { ...outer, vxlan: { vni: vniOf(plan), port: vxlanPort, innerSourceMac, innerDestinationMac } };
}

const plannedByName = byNameOnce<PlannedNode>();

function plannedNode(plan: Plan, party: Party): PlannedNode {
  const { name } = party.node;
  const node = plannedByName(plan.nodes).get(name) ?? plan.external?.find((host) => host.name === name);
  if (node === undefined) throw new RangeError(`the plan has no node ${party.node.name}`);
  return node;
}
