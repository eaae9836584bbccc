import { linkWords } from "./link-shape.ts";
import { balancedEntry } from "./load-balancers.ts";
import { poolOf } from "./pool-of.ts";
import type { SharedService } from "./topology.ts";
import type { Plan, PlannedRouter } from "./plan.ts";

export { diagramSvg } from "./diagram-svg.ts";

/**
 * The lab in one line: `two-racks: rack-a 198.18.1.0/24 [a1 a2] ─ tor ─ rack-b 198.18.2.0/24 [b1 b2]`. Where it is no
 * chain, one group per router: `tor ─ (rack-a … · rack-b … · rack-c …)`.
 */
export function diagramText(plan: Plan): string {
  const beside = plan.segments.filter(({ name }) => isBeside(plan, name)).map(({ name }) => rackText(plan, name));
  const whole = [`${plan.topology.name}: ${fabricText(plan)}`, ...beside].join("; beside them ");
  return [whole, ...balancedText(plan), ...(plan.topology.sharedServices ?? []).map(sharedText)].join("; ");
}

/** "load balancer 198.18.250.0/24 by a1" */
function balancedText({ topology }: Plan): readonly string[] {
  const networks = Object.values(topology.loadBalancers ?? {});
  return networks.length === 0 ? [] : [`load balancer ${networks.join(" ")} by ${balancedEntry(topology) ?? ""}`];
}

/** "service web on a1 a2 b1" */
function sharedText({ name, backends }: SharedService): string {
  return `service ${name} on ${backends.join(" ")}`;
}

function fabricText(plan: Plan): string {
  const chain = chainOf(plan);
  if (chain !== undefined) {
    const isRouter = (name: string, index: number) => index % 2 === 1 && plan.routers.some((r) => r.name === name);
    return chain.map((name, i) => (isRouter(name, i) ? routerText(plan, name) : rackText(plan, name))).join(" ─ ");
  }
  const told = new Set<string>();
  const groups = plan.routers.map((router) => {
    const racks = segmentsOf(router).map((name) => {
      const text = told.has(name) ? name : rackText(plan, name);
      told.add(name);
      return text;
    });
    return `${routerText(plan, router.name)} ─ (${racks.join(" · ")})`;
  });
  return groups.join("; ");
}

/** The lab as a Mermaid flowchart: a subgraph per rack, nodes with addresses and pods, external hosts round, a line per router port. */
export function diagramMermaid(plan: Plan): string {
  const racks = plan.segments.flatMap((segment) => [
    `  subgraph ${idOf("rack", segment.name)}["${[segment.name, ...networksOf(plan, segment.name)].join("<br/>")}"]`,
    ...nodesIn(plan, segment.name).map((node) => {
      const lines = [
        node.name,
        ...Object.values(node.uplink.addresses),
        ...poolWords(plan, node.name),
        ...(node.others ?? []).map(({ device, addresses }) => [device, ...Object.values(addresses)].join(" ")),
        ...gatewayWords(plan, node.name),
        ...(node.uplink.link === undefined ? [] : [linkWords(node.uplink.link)]),
        ...(node.pods.length > 0 ? [podsText(node.pods)] : []),
      ];
      return `    ${idOf("node", node.name)}["${lines.join("<br/>")}"]`;
    }),
    ...externalIn(plan, segment.name).map(({ name, uplink }) => {
      const lines = [name, ...Object.values(uplink.addresses)];
      return `    ${idOf("external", name)}(["${lines.join("<br/>")}"])`;
    }),
    "  end",
  ]);
  const routers = plan.routers.flatMap((router) => [
    `  ${idOf("router", router.name)}{{"${routerText(plan, router.name, "<br/>")}"}}`,
    ...router.ports.map((port) => {
      const label = Object.values(port.addresses).join("<br/>");
      return `  ${idOf("router", router.name)} ---|"${label}"| ${idOf("rack", port.segment)}`;
    }),
  ]);
  const wrong = (plan.topology.incident ?? []).map(
    ({ node, to, route }) => `  ${idOf("node", node)} -. "route ${route}" .-> ${idOf("node", to)}`,
  );
  const beside = plan.nodes.flatMap(({ name, others = [] }) =>
    others.map(({ device, segment }) => `  ${idOf("node", name)} -. "${device}" .- ${idOf("rack", segment)}`),
  );
  const shared = (plan.topology.sharedServices ?? []).flatMap(({ name, backends }) => [
    `  ${idOf("service", name)}(["service ${name}"])`,
    ...backends.map((node) => `  ${idOf("service", name)} -.-> ${idOf("node", node)}`),
  ]);
  const balanced = Object.values(plan.topology.loadBalancers ?? {}).flatMap((network, index) => [
    `  ${idOf("balancer", String(index))}(["load balancer<br/>${network}"])`,
    `  ${idOf("balancer", String(index))} -.-> ${idOf("node", balancedEntry(plan.topology) ?? "")}`,
  ]);
  return ["flowchart TB", ...routers, ...racks, ...beside, ...wrong, ...balanced, ...shared].join("\n");
}

/** Racks and routers in turns, when the lab is one line of them without branches; otherwise undefined. */
function chainOf(plan: Plan): readonly string[] | undefined {
  if (plan.routers.some((router) => router.ports.length > 2)) return undefined;
  const routersAt = (segment: string) => plan.routers.filter((router) => segmentsOf(router).includes(segment));
  const start = plan.segments.find(({ name }) => routersAt(name).length === 1);
  if (start === undefined) return undefined;
  const chain = [start.name];
  const passed = new Set<PlannedRouter>();
  for (let rack: string | undefined = start.name; rack !== undefined;) {
    const here: string = rack;
    const router = routersAt(here).find((candidate) => !passed.has(candidate));
    if (router === undefined) break;
    passed.add(router);
    rack = segmentsOf(router).find((segment) => segment !== here);
    chain.push(router.name, ...(rack === undefined ? [] : [rack]));
  }
  const inFabric = plan.segments.filter(({ name }) => !isBeside(plan, name));
  return chain.length === inFabric.length + plan.routers.length ? chain : undefined;
}

/** Whether nodes have only further devices there, and no router a port. */
function isBeside(plan: Plan, segment: string): boolean {
  const isEmpty = nodesIn(plan, segment).length === 0 && externalIn(plan, segment).length === 0;
  return isEmpty && !plan.routers.some((router) => segmentsOf(router).includes(segment));
}

/** "pool 198.19.64.0/18 Always", where there are several of a family. */
function poolWords({ topology, families }: Plan, node: string): readonly string[] {
  return families.flatMap((family) => {
    const pool = poolOf(topology, node, family);
    const several = topology.pools.filter((other) => other.family === family).length > 1;
    if (pool === undefined || !several) return [];
    const words = [pool.policy ?? "", pool.natOutgoing === false ? "without NAT" : ""].filter((word) => word !== "");
    return [["pool", pool.cidr, ...words].join(" ")];
  });
}

function gatewayWords({ topology }: Plan, node: string): readonly string[] {
  const gateway = topology.nodes.find(({ name }) => name === node)?.gateway;
  return gateway === undefined ? [] : [`by ${gateway}`];
}

/** "fw (passes on udp/4789)" */
function routerText(plan: Plan, name: string, space = " "): string {
  const allow = plan.routers.find((router) => router.name === name)?.allow;
  const active = plan.topology.routers.find((router) => router.name === name)?.standbyFor;
  const standby = active === undefined ? "" : `${space}(stands by for ${active})`;
  return `${name}${allow === undefined ? "" : `${space}(passes on ${allow.join(" ")})`}${standby}`;
}

function rackText(plan: Plan, rack: string): string {
  const nodes = nodesIn(plan, rack).map(({ name, uplink: { link } }) =>
    link === undefined ? name : `${name} (${linkWords(link)})`,
  );
  const visitors = plan.nodes.flatMap(({ name, others = [] }) =>
    others.filter(({ segment }) => segment === rack).map(({ device }) => `${name}/${device}`),
  );
  const members = [...nodes, ...visitors];
  const external = externalIn(plan, rack).map(({ name }) => name);
  return [
    ...[rack, ...networksOf(plan, rack)],
    ...(members.length > 0 || external.length === 0 ? [`[${members.join(" ")}]`] : []),
    ...(external.length > 0 ? [`{${external.join(" ")}}`] : []),
  ].join(" ");
}

function segmentsOf(router: PlannedRouter): readonly string[] {
  return router.ports.map(({ segment }) => segment);
}

function nodesIn(plan: Plan, rack: string) {
  return plan.nodes.filter(({ uplink }) => uplink.segment === rack);
}

function externalIn({ external = [] }: Plan, rack: string) {
  return external.filter(({ uplink }) => uplink.segment === rack);
}

function networksOf(plan: Plan, rack: string): readonly string[] {
  const { cidrs = {}, as, vlan } = plan.topology.subnets.find(({ name }) => name === rack) ?? {};
  return [
    ...plan.families.flatMap((family) => cidrs[family] ?? []),
    ...(vlan === undefined ? [] : [`VLAN ${vlan}`]),
    ...(as === undefined ? [] : [`AS ${as}`]),
  ];
}

function podsText(pods: readonly string[]): string {
  return `${pods.length} pod${pods.length === 1 ? "" : "s"}`;
}

/** Mermaid takes no hyphen next to its arrows, and a node may be called like a rack. */
function idOf(kind: string, name: string): string {
  return `${kind}_${name.replaceAll("-", "_")}`;
}
