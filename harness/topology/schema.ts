import { z } from "zod";
import { familyOf, isAddress } from "./address.ts";
import { name } from "./name-schema.ts";
import { network } from "./network-schema.ts";
import { poolSchema } from "./pool-schema.ts";
import { servicesSchema } from "./services-schema.ts";
import { sharedServiceSchema } from "./shared-service-schema.ts";
import { parseAutodetection } from "./autodetection.ts";
import { linkKeys } from "./link-schema.ts";
import { externalRoles, fabrics, passes, routeOwners, wrongRoutes, type Family } from "./topology.ts";

/** The shape of a topology file; what values mean together is checked by validate.ts. */
export type TopologyFile = z.infer<typeof topologySchema>;
export type NodeEntry = z.infer<typeof nodeSchema>;
export type SubnetEntry = z.infer<typeof subnetSchema>;

/**
 * Longest name of a node or router: the bridge's end of its cable is called `<name>_eth<n>`, and a device name has at
 * most 15 characters (IFNAMSIZ in linux/if.h is 16 with the final NUL), which leaves 8 with room for `eth999`.
 */
export const longestName = 8;

/** Longest name of a subnet: its bridge is called `br-<name>`. */
const longestSubnetName = 12;

const address = (family: Family, example: string, what: string) =>
  z
    .string()
    .refine((text) => isAddress(text) && familyOf(text) === family, {
      error: `not an IPv${family} address without prefix; write it like ${example}`,
    })
    .describe(what);

const autodetection = (family: Family) =>
  z
    .string()
    .refine((text) => parseAutodetection(text, family) !== undefined, {
      error: `not a method of Calico's for IPv${family}: first-found, can-reach=ADDRESS, interface=REGEX,…, skip-interface=REGEX,…, cidr=NETWORK,… or kubernetes-internal-ip`,
    })
    .describe(
      `How Calico finds the IPv${family} address of each node (IP${family === 4 ? "" : "6"}_AUTODETECTION_METHOD); default: it is told that of the uplink`,
    )
    .optional();

const bytes = (what: string) => z.int().min(68).max(65535).describe(what);
const prefix4 = (what: string) => z.int().min(1).max(32).describe(what).optional();
const prefix6 = (what: string) => z.int().min(1).max(128).describe(what).optional();

const subnetSchema = z
  .strictObject({
    cidr: network(4, "198.18.1.0/24", "IPv4 network of the rack").optional(),
    cidr6: network(6, "fd00:18:1::/64", "IPv6 network of the rack").optional(),
    mtu: bytes("Bytes of IP packet that the rack's wire carries; default: the file's mtu").optional(),
    as: z
      .int()
      .min(1)
      .max(0xffff_fffe)
      .describe("Autonomous system of the rack's nodes and routers, where fabric is bgp; default: 64512 for all")
      .optional(),
    vlan: z
      .int()
      .min(1)
      .max(4094)
      .describe(
        "VLAN (IEEE 802.1Q) of the rack: nodes' addresses are on eth0.<vlan>, and their wires carry its tag; the switch hands routers and hosts outside untagged frames; needs 8021q in the kernel; default: none",
      )
      .optional(),
    ...linkKeys("each node of the rack"),
  })
  .describe("A rack: one layer-2 segment with one network per family");

const routerSchema = z
  .strictObject({
    subnets: z.array(z.string()).min(1).describe("Names of the subnets it has a port in; it takes their first address"),
    proxyArp: z
      .boolean()
      .describe("Answers ARP for addresses behind its other ports, for nodes with a wide prefix; default false")
      .optional(),
    standbyFor: z
      .string()
      .describe(
        "Router with the same subnets that it stands by for, as with VRRP: the tenth address of each subnet is their gateway, which that router holds; default: none",
      )
      .optional(),
    allow: z
      .array(z.enum(passes))
      .min(1)
      .describe(
        "Makes it a firewall that passes on nothing else: udp/4789 (VXLAN), ip/4 (IPIP), tcp/179 (BGP), udp/51820 (WireGuard, of IPv6 on 51821); default: everything",
      )
      .optional(),
  })
  .describe("A router with one port in each of its subnets");

const nodeSchema = z
  .strictObject({
    subnet: z.string().describe("Name of the rack it stands in"),
    address: address(4, "198.18.1.11", "IPv4 address; default .11, .12, … in file order per subnet").optional(),
    address6: address(6, "fd00:18:1::b", "IPv6 address; default: the 11th, 12th, … of its subnet").optional(),
    prefix: prefix4("IPv4 prefix length on the interface; 32: its gateway is reached onlink; default: the subnet's"),
    prefix6: prefix6("IPv6 prefix length on the interface; 128: its gateway is reached onlink; default: the subnet's"),
    registeredPrefix: prefix4("IPv4 prefix length that Calico registers for the node; default: the interface's"),
    registeredPrefix6: prefix6("IPv6 prefix length that Calico registers for the node; default: the interface's"),
    gateway: z.string().describe("Router of its rack that its default route leads to; default: the first").optional(),
    networks: z
      .array(z.string())
      .min(1)
      .describe("Further subnets it has a device in, eth1 and up in this order: management, storage; default: none")
      .optional(),
    wireguard: z
      .boolean()
      .describe(
        "Whether it takes part in the file's wireguard; false: a node without it (an old kernel), which others reach unencrypted, as the pool's mode says; default true",
      )
      .optional(),
    hostNetworkPod: z
      .boolean()
      .describe(
        "Carries a pod in the node's own network behind a ClusterIP, as Kubernetes' API server is; default false",
      )
      .optional(),
    pods: z.int().min(0).max(250).describe("How many pods it carries; default 2").optional(),
    ...linkKeys("the node"),
  })
  .describe("A node with an uplink, and perhaps further devices");

const externalSchema = z
  .strictObject({
    subnet: z.string().describe("Name of the subnet it stands in"),
    address: address(4, "198.18.9.11", "IPv4 address; default .11, .12, … in file order, after the nodes'").optional(),
    address6: address(6, "fd00:18:9::b", "IPv6 address; default: the 11th, 12th, …, after the nodes'").optional(),
    role: z.enum(externalRoles).describe("client: goes to services; server: pods go to it; default: both").optional(),
  })
  .describe("A host outside of the cluster: pods go to it with their node's address or their own (natOutgoing)");

const incidentSchema = z
  .strictObject({
    node: z.string().describe("Name of the node whose route is wrong"),
    to: z.string().describe("Name of the node to whose pods it leads"),
    route: z
      .enum(wrongRoutes)
      .describe("missing; tunnel: into the tunnel whatever the mode; plain: past the tunnel whatever the mode"),
  })
  .describe("A route that is put wrong after the lab has converged");

/** Schema of a topology file: strict, so that a misspelled key is an error and not silence. */
export const topologySchema = z
  .strictObject({
    name: name(40).describe("Name in commands, reports and path ids; default: the file's name").optional(),
    description: z.string().describe("One sentence: what the topology is good for").optional(),
    mtu: bytes("MTU of every wire in bytes; default 1500").optional(),
    families: z
      .array(z.literal([4, 6]))
      .min(1)
      .describe("IP families in use; default: those that the subnets have networks of")
      .optional(),
    fabric: z
      .enum(fabrics)
      .describe(
        "Whether the routers know the pods' blocks: not at all (none, the default), by static routes, or by BGP with each node (bgp)",
      )
      .optional(),
    ecmp: z
      .boolean()
      .describe(
        "Routers share packets among all next routers that are equally near, by addresses and ports of the outermost header (equal-cost multipath); default false: the first of them gets all",
      )
      .optional(),
    autodetection: autodetection(4),
    autodetection6: autodetection(6),
    reflectors: z
      .array(z.string())
      .min(1)
      .describe(
        "Nodes that are BGP route reflectors of real Calico: other nodes peer with these alone; default: every node with every other",
      )
      .optional(),
    routeOwner: z
      .enum(routeOwners)
      .describe(
        "Which program of Calico makes the routes to other nodes' pods with IPIP and without encapsulation: felix or bird (programClusterRoutes); default: Calico's own choice, and either is right",
      )
      .optional(),
    vni: z
      .int()
      .min(1)
      .max(0xff_ff_ff)
      .describe("VXLAN network identifier (vxlanVNI of FelixConfiguration); default: Calico's 4096")
      .optional(),
    tunnelMtu: bytes(
      "MTU of tunnel devices, and of pods behind them (vxlanMTU and ipipMTU of FelixConfiguration); default: that of the wires less the encapsulation",
    ).optional(),
    wireguard: z
      .boolean()
      .describe(
        "Declares that packets between pods of different nodes are encrypted by WireGuard (FelixConfiguration wireguardEnabled, wireguardEnabledV6): it takes the place of the mode's form, of plain packets too; needs wireguard in the kernel and wg(8); default false",
      )
      .optional(),
    subnets: z.record(name(longestSubnetName), subnetSchema).describe("The racks, by name"),
    routers: z.record(name(longestName), routerSchema).describe("The routers, by name"),
    nodes: z.record(name(longestName), nodeSchema).describe("The nodes, by name"),
    external: z
      .record(name(longestName), externalSchema)
      .describe("Hosts outside of the cluster, by name: they run no Calico; default: none")
      .optional(),
    pools: z
      .array(poolSchema)
      .describe(
        "IP pools, told apart by the racks or nodes that take from them; default 198.19.0.0/17 in blocks of /26, fd00:10:19::/48 in blocks of /122",
      )
      .optional(),
    services: servicesSchema.optional(),
    incident: z
      .array(incidentSchema)
      .min(1)
      .describe("Routes that are put wrong after the lab has converged: a run shows on the wire what they do")
      .optional(),
  })
  .describe("A lab of racks, routers and nodes for encaplab");

/** JSON Schema (draft 2020-12) of topology files, for editors and for `lab schema`. */
export function topologyJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(topologySchema, { io: "input" }), title: "encaplab topology" };
}

/** Keys that may stand in the object at this place of a topology file; [] where every name is the user's own. */
export function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  const [section] = path;
  if (section === undefined) return Object.keys(topologySchema.shape);
  if (section === "services")
    return path.length > 1 ? Object.keys(sharedServiceSchema.shape) : Object.keys(servicesSchema.shape);
  const entries = {
    subnets: subnetSchema,
    routers: routerSchema,
    nodes: nodeSchema,
    external: externalSchema,
    pools: poolSchema,
    incident: incidentSchema,
  };
  const entry = Object.entries(entries).find(([key]) => key === section);
  return entry === undefined ? [] : Object.keys(entry[1].shape);
}
