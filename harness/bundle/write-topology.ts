import { UsageError } from "../core/errors.ts";
import { prefixLength, withoutPrefix } from "../topology/address.ts";
import { parseTopology } from "../topology/parse-topology.ts";
import type { BundleJudgment } from "./judge-bundle.ts";
import { incidentOf, type LabIncident } from "./lab-incident.ts";
import { labAddresses, type LabAddresses } from "./lab-addresses.ts";
import { labRacks, routerName, type LabRack } from "./lab-racks.ts";

/** More nodes than this carry one pod each instead of two. */
const manyNodes = 20;

/** A topology file made of a bundle, and the mode that its pools are in. */
export interface WrittenTopology {
  readonly text: string;
  readonly mode: string;
  readonly incident: LabIncident;
}

/** Writes a cluster's network as a topology file. What nobody knows is guessed, and each guess is marked. */
export function writeTopology(judgment: BundleJudgment, anonymize: boolean): WrittenTopology {
  const { plan, modes, cluster } = judgment;
  const [mode] = modes;
  if (mode === undefined || plan.nodes.length === 0) {
    throw new UsageError(
      `${cluster.name}: there is no pool that pods take addresses from, so there is no mode to prove`,
    );
  }
  const racks = labRacks(plan, anonymize);
  const networks = racks.flatMap((rack) => rack.networks[4] ?? []);
  const incident = incidentOf(judgment, racks);
  const write = (keepAddresses: boolean): string => {
    const sheet = { judgment, racks, lab: labAddresses(networks, !anonymize), keepAddresses, anonymize };
    return [...head(sheet), ...body(sheet), ...incidentLines(incident), ""].join("\n");
  };
  const text = write(!anonymize);
  return { text: isValid(text) ? text : write(false), mode: mode.calicoName, incident };
}

/** Everything that lines are written from. */
interface Sheet {
  readonly judgment: BundleJudgment;
  readonly racks: readonly LabRack[];
  readonly lab: LabAddresses;
  readonly keepAddresses: boolean;
  readonly anonymize: boolean;
}

/** An address that the lab needs for its router, say, makes a file invalid: then all nodes take their places' numbers. */
function isValid(text: string): boolean {
  try {
    parseTopology(text, "topology", "bundle");
    return true;
  } catch (error) {
    if (error instanceof UsageError) return false;
    throw error;
  }
}

function head({ judgment: { cluster, modes, plan }, anonymize }: Sheet): readonly string[] {
  const words = modes.map(({ calicoName }) => calicoName).join(" and ");
  const name = cluster.name.replace(/[^\x20-\x7e]/g, "");
  const several = "# guess: its pools are in several modes, a lab is in one at a time: run each with --mode.";
  return [
    `# The network of ${anonymize ? "a cluster" : `the cluster of ${name}`}, made by \`encaplab new topology\`: its pools are in ${words}.`,
    '# Addresses are mapped into 198.18.0.0/15. Lines with "guess" say what a bundle does not tell: correct them.',
    ...(modes.length > 1 ? [several] : []),
    ...(plan.families.includes(6) ? ["# guess: IPv6 addresses are numbered anew."] : []),
    `description: ${JSON.stringify(anonymize ? `a cluster of ${plan.nodes.length} nodes` : `as ${name} tells it`)}`,
    "",
  ];
}

function body(sheet: Sheet): readonly string[] {
  const { judgment, racks } = sheet;
  const { plan, modes } = judgment;
  const usual = mostCommon(plan.nodes.map(({ uplink }) => uplink.mtu));
  const routed = modes.every(({ encapsulation }) => encapsulation === "none") && racks.length > 1;
  return [
    ...(usual === defaultMtu ? [] : [`mtu: ${usual}`]),
    ...(routed ? ["fabric: static # guess: without encapsulation somebody between the racks must know the pods"] : []),
    "subnets:",
    ...racks.map((rack, index) => rackLine(sheet, rack, index, usual)),
    "",
    "routers:",
    `  ${routerName}: { subnets: [${racks.map(({ name }) => name).join(", ")}] } # guess: one router stands for whatever joins the racks`,
    "",
    "nodes:",
    ...racks.flatMap((rack) => rack.nodes.map((member) => nodeLine(sheet, rack, member))),
    ...poolLines(judgment),
  ];
}

/** Bytes; what a topology has by itself. */
const defaultMtu = 1500;

function poolLines({ plan, cluster }: BundleJudgment): readonly string[] {
  const pools = plan.families.flatMap(
    (family) => cluster.pools.find((pool) => pool.family === family && !pool.disabled) ?? [],
  );
  if (pools.every(({ family, blockSize }) => blockSize === (family === 4 ? 26 : 122))) return [];
  const lines = pools.map(
    ({ family, blockSize }) => `  - { cidr: "${defaultPools[family]}", blockSize: ${blockSize} }`,
  );
  return ["", "pools:", ...lines];
}

const defaultPools = { 4: "198.19.0.0/17", 6: "fd00:10:19::/48" } as const;

function rackLine({ lab, anonymize }: Sheet, rack: LabRack, index: number, usual: number): string {
  const own = rack.networks[4];
  const known = own === undefined ? undefined : lab.network(own);
  const mtu = mostCommon(rack.nodes.map(({ node }) => node.uplink.mtu));
  const keys = [
    `cidr: ${known ?? `198.18.${255 - index}.0/24`}`,
    ...(rack.networks[6] === undefined ? [] : [`cidr6: "fd00:18:${index + 1}::/64"`]),
    ...(mtu === usual ? [] : [`mtu: ${mtu}`]),
  ];
  const smaller = own !== undefined && known !== undefined && prefixLength(known) !== prefixLength(own);
  const remarks = [
    ...(own === undefined ? ["guess: its nodes have no network in common"] : anonymize ? [] : [`was ${own}`]),
    ...(smaller ? ["guess: made smaller"] : []),
  ];
  return `  ${rack.name}: { ${keys.join(", ")} }${remarks.length === 0 ? "" : ` # ${remarks.join("; ")}`}`;
}

function nodeLine(sheet: Sheet, rack: LabRack, { name, node }: LabRack["nodes"][number]): string {
  const { judgment, lab, keepAddresses, anonymize } = sheet;
  const own = node.uplink.addresses[4];
  const network = rack.networks[4];
  const address = own === undefined || network === undefined ? undefined : lab.address(network, withoutPrefix(own));
  const wider = own !== undefined && network !== undefined && prefixLength(own) < prefixLength(network);
  const keys = [
    `subnet: ${rack.name}`,
    ...(keepAddresses && address !== undefined ? [`address: ${address}`] : []),
    ...(keepAddresses && wider ? [`prefix: ${prefixLength(own)}`] : []),
    ...(judgment.plan.nodes.length > manyNodes ? ["pods: 1"] : []),
  ];
  return `  ${name}: { ${keys.join(", ")} }${anonymize || node.name === name ? "" : ` # was ${node.name}`}`;
}

function incidentLines({ routes, left }: LabIncident): readonly string[] {
  return [
    ...(routes.length === 0
      ? []
      : ["", "# What the bundle shows to be wrong: done to the lab once it has converged.", "incident:"]),
    ...routes.map(({ node, to, route }) => `  - { node: ${node}, to: ${to}, route: ${route} }`),
    ...(left.length === 0
      ? []
      : ["", "# Wrong in the bundle too, and not part of this file:", ...left.map((line) => `#   ${line}`)]),
  ];
}

function mostCommon(values: readonly number[]): number {
  const count = (value: number): number => values.filter((other) => other === value).length;
  return values.toSorted((a, b) => count(b) - count(a) || a - b)[0] ?? 1500;
}
