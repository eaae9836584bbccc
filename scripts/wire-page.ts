// The page docs/on-the-wire.md, made from the captures of docs/wire/: decoded by the program, so that it says what they hold.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { modes, type PoolMode } from "../harness/encap/mode.ts";
import { explainCapture } from "../harness/explain/explain-capture.ts";
import type { CaptureExpectation } from "../harness/explain/capture-expectation.ts";
import { judgeCapture } from "../harness/explain/judge-capture.ts";
import { renderVerdict } from "../harness/explain/render-verdict.ts";
import { renderSummary } from "../harness/explain/render-summary.ts";
import { layerLine } from "../harness/packet/packet-lines.ts";
import { readCapture } from "../harness/packet/read-capture.ts";

/** Where the captures of the page are; scripts/wire-captures.ts makes them from a run. */
export const wireFolder = fileURLToPath(new URL("../docs/wire", import.meta.url));

/** One packet at one hop. */
interface Hop {
  /** Node and device, as the capture names its interfaces. */
  readonly at: string;
  readonly direction: string;
  readonly source: string;
  readonly destination: string;
  /** One line per header, outermost first. */
  readonly lines: readonly string[];
}

/** What is to be known of a mode before one looks, and what to look at. */
const words: Readonly<Record<string, string>> = {
  none: `Nothing is put around packets: pods' addresses are on the wire, and every router between the racks must know a route to each node's
block. Here the routers learn them by BGP from Calico's BIRD; in a fabric that does not, packets leave the node and end at the first router.
What changes from hop to hop is the TTL alone: one less at each node and router.`,
  "ipip-always": `One more IPv4 header, 20 bytes, IP protocol 4 (RFC 2003), from node to node, also within a rack. There are no ports: firewalls
and load balancers that know only TCP and UDP drop it. The outer header takes TTL and DF from the inner one.`,
  "ipip-cross-subnet": `The same header, but only between nodes of different subnets: within a rack packets are plain. Calico decides by the
address and prefix with which each node is registered, so a node registered with a /32 is in no rack, and encapsulates all.`,
  "vxlan-always": `50 bytes more: outer IPv4 (20), UDP to port 4789 (8), the VXLAN header with VNI 4096 (8; RFC 7348), and an inner Ethernet header
(14) between the MACs of the two nodes' \`vxlan.calico\`. The UDP source port is a hash of the inner packet, so that
equal-cost paths are used; the outer TTL begins at 64, and DF is not set.`,
  "vxlan-cross-subnet": `The same, but only between nodes of different subnets: within a rack packets are plain, and the pods' MTU is the smaller
one all the same.`,
};

/** The page as it must be. */
export async function wirePage(note: string): Promise<string> {
  const sections = await Promise.all(modes.map(sectionOf));
  return [head(note), ...sections, foot].join("\n\n").concat("\n");
}

function head(note: string): string {
  return `# How each mode looks on the wire

${note}

One ping from a pod of a1 to a pod of a2, in the same rack, and one to a pod of b1, in the other, at every hop, captured by encaplab in
labs of two racks: None and VXLAN from Calico v3.32.1 in namespaces, whose router speaks BGP ([bgp-fabric](../topologies/bgp-fabric.yaml));
IPIP from the reference dataplane in virtual machines ([two-racks](../topologies/two-racks.yaml)). Calico's IPIP is compared with
the same expectation by golden captures of [its own](../harness/packet/testdata/README.md). The captures of this page are in
[docs/wire](wire), one per mode, with an interface for each hop; Wireshark opens them too.

\`\`\`text
pod ─ a1 ┐                         ┌ b1 ─ pod      a1/pod    the pod's veth, on the node
         ├ rack-a ─ tor ─ rack-b ──┤               a1/eth0   the node's uplink
pod ─ a2 ┘                         └ b2            tor/eth0  the router's port to rack-a (198.18.1.0/24), eth1 to rack-b
\`\`\`

| mode             | within a rack | between racks | bytes added | pod MTU on links of 1500 |
| ---------------- | ------------- | ------------- | ----------- | ------------------------ |
| None             | plain         | plain         | 0           | 1500                     |
| IPIP             | IPIP          | IPIP          | 20          | 1480                     |
| IPIPCrossSubnet  | plain         | IPIP          | 20          | 1480                     |
| VXLAN            | VXLAN         | VXLAN         | 50          | 1450                     |
| VXLANCrossSubnet | plain         | VXLAN         | 50          | 1450                     |`;
}

const foot = `## The same in a lab of yours

\`\`\`sh
npm run suite -- --mode VXLANCrossSubnet --no-throughput --paths 'pod-to-pod/*/v4/a1->*'
npm run lab -- explain latest 'a1->b1'
\`\`\`

The captures of a run are in \`results/latest/pcaps/\`, one per node; what must be true of each path, and which of it was, is told in
[how to read a verdict](verdicts.md). \`scripts/wire-captures.ts\` makes the captures of this page again from a run.`;

async function sectionOf(mode: PoolMode): Promise<string> {
  const file = join(wireFolder, `${mode.id}.pcapng`);
  const hops = await hopsOf(file);
  const requests = hops.filter(({ lines }) => lines.at(-1)?.includes("request"));
  const across = requests.filter((hop) => isAcross(requests, hop));
  const within = requests.filter((hop) => !isAcross(requests, hop) && hop.at.endsWith("/eth0"));
  return [
    `## ${mode.calicoName}`,
    words[mode.id] ?? "",
    "The request between racks, from hop to hop:",
    fenced(across.flatMap(hopLines)),
    "and within the rack, on the wire:",
    fenced(within.slice(0, 1).flatMap(hopLines)),
    "All of it, requests and answers, judged:",
    `\`\`\`sh\n${commandOf(mode, hops)}\n\`\`\``,
    `prints`,
    `<!-- printed -->\n\n${fenced(await printed(mode, file, hops))}`,
  ].join("\n\n");
}

async function hopsOf(file: string): Promise<readonly Hop[]> {
  const hops: Hop[] = [];
  await readCapture(file, {}, ({ capturedOn, packetType, layers }) => {
    const ip = layers.filter((layer) => layer.kind === "ipv4").at(-1);
    hops.push({
      at: capturedOn?.name ?? "",
      direction: packetType ?? "",
      source: ip?.source ?? "",
      destination: ip?.destination ?? "",
      lines: layers.filter(({ kind }) => kind !== "sll2").map(layerLine),
    });
  });
  return hops;
}

/** Whether the packet is one that crosses the router. */
function isAcross(all: readonly Hop[], { destination }: Hop): boolean {
  return all.some((other) => other.destination === destination && other.at.startsWith("tor/"));
}

function hopLines({ at, direction, lines }: Hop): readonly string[] {
  return lines.map(
    (line, index) => `${index === 0 ? `${at.padEnd(9)} ${direction.padEnd(4)}` : " ".repeat(14)} ${line}`,
  );
}

/** Networks and own addresses of the nodes, as both topologies have them. */
const subnets = ["198.18.1.0/24", "198.18.2.0/24"];
const nodes: Readonly<Record<string, string>> = { a1: "198.18.1.11", a2: "198.18.1.12", b1: "198.18.2.11" };

/** Whose blocks pods' addresses are of: of plain packets nothing else tells which nodes they are between. */
function blocksOf(hops: readonly Hop[]): CaptureExpectation["blocks"] {
  return Object.entries(nodes).flatMap(([name, node]) => {
    const own = hops.find(({ at, direction }) => at === `${name}/pod` && direction === "in")?.source;
    return own === undefined ? [] : [{ block: blockOf(own), node }];
  });
}

/** Calico gives nodes blocks of 64 addresses unless told otherwise. */
function blockOf(address: string): string {
  const bytes = address.split(".").map(Number);
  return `${bytes.slice(0, 3).join(".")}.${(bytes[3] ?? 0) & 192}/26`;
}

function commandOf({ id, calicoName }: PoolMode, hops: readonly Hop[]): string {
  const blocks = blocksOf(hops).map(({ block, node }) => `${block}=${node}`);
  return [
    `npm run lab -- explain docs/wire/${id}.pcapng --top 0 --expect ${calicoName} \\`,
    `  --subnets ${subnets.join(",")} --blocks ${blocks.join(",")}`,
  ].join("\n");
}

/** What the command prints; the test of the documentation runs it. */
async function printed(mode: PoolMode, file: string, hops: readonly Hop[]): Promise<readonly string[]> {
  const summary = await explainCapture(file);
  const text = renderSummary({ ...summary, file: `docs/wire/${mode.id}.pcapng` });
  const verdict = judgeCapture(summary, { modes: [mode], subnets, blocks: blocksOf(hops) });
  return [...text.split("\n").slice(0, 2), "…", renderVerdict(verdict, mode.calicoName)];
}

function fenced(lines: readonly string[]): string {
  return ["```text", ...lines, "```"].join("\n");
}
