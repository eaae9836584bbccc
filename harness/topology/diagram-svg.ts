import { prefixLength } from "./address.ts";
import type { Plan, PlannedNode, PlannedRouter } from "./plan.ts";
import { balancedEntry } from "./load-balancers.ts";
import { hostsOf } from "./hosts-of.ts";

/** The lab as one self-contained SVG: racks as boxes with their nodes, pods and hosts outside, routers above; fits light and dark pages. */
export function diagramSvg(plan: Plan): string {
  const racks = placeRacks(plan);
  const width = Math.max(...racks.map((rack) => rack.x + rack.width)) + margin;
  const height = Math.max(...racks.map((rack) => rack.y + rack.height)) + margin;
  const routers = plan.routers.map((router, index) => ({
    router,
    x: (width * (index + 1)) / (plan.routers.length + 1),
    y: titleHeight + routerHeight / 2,
  }));
  const wires = routers.flatMap((placed) => drawWires(plan, placed, racks));
  const title = [plan.topology.name, plan.topology.description].filter((part) => part !== "").join(": ");
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    `<style>${style}</style>`,
    text(margin, 26, "heading", plan.topology.name),
    ...wires,
    ...routers.flatMap((placed) => drawRouter(plan, placed)),
    ...racks.flatMap((rack) => drawRack(plan, rack)),
    "</svg>",
  ].join("\n");
}

/** Pixels. */
const margin = 20;
const titleHeight = 48;
const routerWidth = 110;
const routerHeight = 36;
const wireHeight = 90;
const nodeWidth = 172;
const lineHeight = 16;
const podHeight = 22;
const gap = 14;
/** A rack of more nodes than this goes on in a second row, pods beyond the last shown are only counted. */
const nodesPerRow = 4;
const podsShown = 4;

/** Text and frames take the page's color; the tints are see-through, so that they work on white and on black. */
const style = [
  "text{font:12px ui-monospace,SFMono-Regular,Menlo,monospace;fill:#1f2328}",
  "text.heading{font-size:16px;font-weight:600}text.name{font-weight:600}text.middle{text-anchor:middle}",
  "rect{stroke:#59636e;fill:#8090a014}rect.router{fill:#bf870033}rect.node{fill:#0969da1f}rect.external{stroke-dasharray:5}rect.pod{fill:#1a7f372b}",
  "path{stroke:#59636e;fill:none;stroke-width:2}",
  "@media(prefers-color-scheme:dark){text{fill:#e6edf3}rect,path{stroke:#9198a1}}",
].join("");

interface PlacedRack {
  readonly name: string;
  readonly nodes: readonly PlannedNode[];
  /** Lines above the nodes: the networks and, where it is not Ethernet's 1500, the MTU. */
  readonly lines: readonly string[];
  readonly nodeHeight: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function placeRacks(plan: Plan): readonly PlacedRack[] {
  const y = titleHeight + routerHeight + wireHeight;
  let x = margin;
  return plan.segments.map(({ name, mtu }) => {
    const hosts = hostsOf(plan);
    const nodes = hosts.filter(({ uplink }) => uplink.segment === name);
    const { cidrs = {}, as, vlan } = plan.topology.subnets.find((subnet) => subnet.name === name) ?? {};
    const lines = [
      ...plan.families.flatMap((family) => cidrs[family] ?? []),
      ...(vlan === undefined ? [] : [`VLAN ${vlan}`]),
      ...(mtu === 1500 ? [] : [`mtu ${mtu}`]),
      ...(as === undefined ? [] : [`AS ${as}`]),
    ];
    const pods = Math.max(0, ...nodes.map((node) => Math.min(node.pods.length, podsShown + 1)));
    const besides = Math.max(0, ...nodes.map(({ others = [] }) => others.length));
    const balanced = Object.keys(plan.topology.loadBalancers ?? {}).length;
    const nodeHeight = 12 + lineHeight * (1 + balanced + plan.families.length * (1 + besides)) + podHeight * pods + 6;
    const columns = Math.max(1, Math.min(nodes.length, nodesPerRow));
    const rows = Math.ceil(nodes.length / nodesPerRow);
    const width = columns * (nodeWidth + gap) + gap;
    const height = headOf(lines) + rows * (nodeHeight + gap) + 4;
    const placed = { name, nodes, lines, nodeHeight, x, y, width, height };
    x += width + margin;
    return placed;
  });
}

function headOf(lines: readonly string[]): number {
  return 20 + lineHeight * (1 + lines.length);
}

interface PlacedRouter {
  readonly router: PlannedRouter;
  /** Its middle. */
  readonly x: number;
  readonly y: number;
}

function drawRouter({ topology }: Plan, { router, x, y }: PlacedRouter): readonly string[] {
  const passed = router.allow === undefined ? "" : ` · passes on ${router.allow.join(" ")}`;
  const active = topology.routers.find(({ name }) => name === router.name)?.standbyFor;
  const standby = active === undefined ? "" : ` · stands by for ${active}`;
  const notes = (router.proxyArp ? " · proxy ARP" : "") + passed + standby;
  const width = routerWidth + notes.length * 6;
  return [
    rect("router", x - width / 2, y - routerHeight / 2, width, routerHeight),
    text(x, y + 4, "name middle", router.name + notes),
  ];
}

function drawWires(plan: Plan, { router, x, y }: PlacedRouter, racks: readonly PlacedRack[]): readonly string[] {
  return router.ports.flatMap((port) => {
    const rack = racks.find(({ name }) => name === port.segment);
    if (rack === undefined) return [];
    const sharing = plan.routers.filter(({ ports }) => ports.some(({ segment }) => segment === rack.name));
    const end = rack.x + 30 + (rack.width * sharing.indexOf(router)) / sharing.length;
    const foot = y + routerHeight / 2;
    // Cables of different routers run at different heights, so that they can be told apart where they pass each other.
    const bend = foot + 10 + 8 * (plan.routers.indexOf(router) % 3);
    const labels = [port.device, ...Object.values(port.addresses)];
    return [
      `<path d="M${x} ${foot}V${bend}H${end}V${rack.y}"/>`,
      ...labels.map((label, line) => text(end + 8, rack.y - 8 - (labels.length - 1 - line) * lineHeight, "", label)),
    ];
  });
}

function drawRack(plan: Plan, rack: PlacedRack): readonly string[] {
  return [
    rect("rack", rack.x, rack.y, rack.width, rack.height),
    text(rack.x + gap, rack.y + 22, "name", rack.name),
    ...rack.lines.map((line, index) => text(rack.x + gap, rack.y + 22 + lineHeight * (index + 1), "", line)),
    ...rack.nodes.flatMap((node, index) => {
      const x = rack.x + gap + (index % nodesPerRow) * (nodeWidth + gap);
      const y = rack.y + headOf(rack.lines) + Math.floor(index / nodesPerRow) * (rack.nodeHeight + gap);
      return drawNode(plan, node, x, y, rack.nodeHeight);
    }),
  ];
}

function drawNode(plan: Plan, node: PlannedNode, x: number, y: number, height: number): readonly string[] {
  const addresses = [
    ...plan.families.flatMap((family) => addressLine(plan, node, family) ?? []),
    ...(node.others ?? []).flatMap((port) =>
      Object.values(port.addresses).map((address) => `${port.segment} ${address}`),
    ),
    ...(node.name === balancedEntry(plan.topology) ? Object.values(plan.topology.loadBalancers ?? {}) : []).map(
      (network) => `takes ${network}`,
    ),
  ];
  const top = y + 12 + lineHeight * (1 + addresses.length);
  const shown = node.pods.slice(0, podsShown);
  const hidden = node.pods.length - shown.length;
  const pods = [...shown, ...(hidden > 0 ? [`… ${hidden} more pods`] : [])];
  return [
    rect(plan.external?.includes(node) === true ? "external" : "node", x, y, nodeWidth, height),
    text(x + 8, y + 18, "name", node.name),
    ...addresses.map((line, index) => text(x + 8, y + 18 + lineHeight * (index + 1), "", line)),
    ...pods.flatMap((pod, index) => [
      rect("pod", x + 8, top + index * podHeight, nodeWidth - 16, podHeight - 4),
      text(x + 14, top + index * podHeight + 13, "", [pod, ...servicesOf(plan, pod)].join(" · ")),
    ]),
  ];
}

/** Services with several backends that a pod is behind. */
function servicesOf({ allocation: { shared = [] } }: Plan, pod: string): readonly string[] {
  return shared.filter(({ backends }) => backends.includes(pod)).map(({ service }) => service);
}

/** The interface address; the registered prefix too where Calico is told another one. */
function addressLine(plan: Plan, node: PlannedNode, family: 4 | 6): string | undefined {
  const address = node.uplink.addresses[family];
  const registered = plan.topology.nodes.find(({ name }) => name === node.name)?.registered[family];
  if (address === undefined || registered === undefined || registered === address) return address;
  return `${address} as /${prefixLength(registered)}`;
}

function rect(kind: string, x: number, y: number, width: number, height: number): string {
  return `<rect class="${kind}" x="${x}" y="${y}" width="${width}" height="${height}" rx="6"/>`;
}

function text(x: number, y: number, kind: string, content: string): string {
  return `<text class="${kind}" x="${x}" y="${y}">${escapeXml(content)}</text>`;
}

function escapeXml(content: string): string {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
