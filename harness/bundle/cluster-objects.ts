import { parseAllDocuments } from "yaml";
import { z } from "zod";
import { clusterPool, type ClusterPool } from "../kubernetes/ip-pools.ts";
import { clusterNode, type ClusterNode } from "../kubernetes/node-object.ts";
import { isAddress, isCidr } from "../topology/address.ts";

/** What a bundle's API objects say, as far as routes depend on it. */
export interface ClusterObjects {
  readonly nodes: readonly ClusterNode[];
  readonly pools: readonly ClusterPool[];
  readonly blocks: readonly { readonly cidr: string; readonly node: string }[];
  readonly felix: FelixSettings;
  /** Whether every node peers with every other by BGP (BGPConfiguration nodeToNodeMeshEnabled). */
  readonly mesh: boolean;
  /** Objects that could not be understood. */
  readonly notes: readonly string[];
}

/** What of a FelixConfiguration changes devices and routes. */
export type FelixSettings = z.infer<typeof felixSchema>["spec"];

/** A node's name in Kubernetes (RFC 1123 subdomain), which also keeps control characters of strangers out of our output. */
const nodeName = z.string().regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/);
const objectName = z.string().regex(/^[\w.:-]{1,253}$/);
const cidr = z.string().refine(isCidr);
const address = z.string().refine(isAddressOrCidr);
const words = z.record(z.string(), z.string());
const poolMode = z.enum(["Never", "CrossSubnet", "Always"]);

const anyObject = z.looseObject({ kind: z.string(), metadata: z.looseObject({ name: z.string() }) });
const listSchema = z.looseObject({ items: z.array(z.unknown()) });

/** Annotations in which Calico keeps addresses. */
const addressNote = /^projectcalico\.org\/IPv[46]/;

const kubernetesNode = z.object({
  apiVersion: z.literal("v1"),
  metadata: z.object({
    name: nodeName,
    labels: words.optional(),
    annotations: words
      .refine((notes) =>
        Object.entries(notes).every(([key, value]) => !addressNote.test(key) || isAddressOrCidr(value)),
      )
      .optional(),
  }),
});

/** The same as calicoctl has it. */
const calicoNode = z.object({
  apiVersion: z.string().startsWith("projectcalico.org/"),
  metadata: z.object({ name: nodeName }),
  spec: z.object({
    bgp: z
      .object({
        ipv4Address: address.optional(),
        ipv6Address: address.optional(),
        ipv4IPIPTunnelAddr: address.optional(),
      })
      .optional(),
    ipv4VXLANTunnelAddr: address.optional(),
    ipv6VXLANTunnelAddr: address.optional(),
  }),
});

const poolSchema = z.object({
  metadata: z.object({ name: objectName }),
  spec: z.object({
    cidr,
    blockSize: z.int().min(0).max(128).optional(),
    ipipMode: poolMode.optional(),
    vxlanMode: poolMode.optional(),
    natOutgoing: z.boolean().optional(),
    disabled: z.boolean().optional(),
    nodeSelector: z.string().optional(),
  }),
});

const affinitySchema = z.object({
  spec: z.object({ cidr, node: nodeName, state: z.string(), deleted: z.union([z.string(), z.boolean()]).optional() }),
});

const felixSchema = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    vxlanVNI: z.int().optional(),
    vxlanPort: z.int().optional(),
    vxlanMTU: z.int().optional(),
    ipipMTU: z.int().optional(),
    bpfEnabled: z.boolean().optional(),
    wireguardEnabled: z.boolean().optional(),
  }),
});

const bgpSchema = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({ nodeToNodeMeshEnabled: z.boolean().optional() }),
});

/** Reads the API objects in files of YAML or JSON. Unknown kinds are passed over; known ones that make no sense are named. */
export function readObjects(files: ReadonlyMap<string, string>): ClusterObjects {
  const notes: string[] = [];
  const all = [...files].flatMap(([path, text]) => objectsIn(path, text, notes));
  const ofKind = <T>(kind: string, schema: z.ZodType<T>): readonly T[] =>
    all
      .filter((object) => object.kind === kind)
      .flatMap((object) => {
        const { success, data, error } = schema.safeParse(object);
        if (success) return [data];
        const where = error.issues[0]?.path.join(".") ?? "";
        notes.push(`not understood: ${kind} ${JSON.stringify(object.metadata.name).slice(0, 80)}, ${where}`);
        return [];
      });
  const nodes = ofKind("Node", z.union([kubernetesNode, calicoNode])).map((node) =>
    "spec" in node ? fromCalicoctl(node) : clusterNode({ ...node, status: {} }),
  );
  const affinities = ofKind("BlockAffinity", affinitySchema).filter(
    ({ spec }) => spec.state === "confirmed" && String(spec.deleted ?? false) !== "true",
  );
  return {
    nodes: uniqueBy(nodes, ({ name }) => name),
    pools: uniqueBy(ofKind("IPPool", poolSchema).map(clusterPool), ({ name }) => name),
    blocks: uniqueBy(
      affinities.map(({ spec }) => ({ cidr: spec.cidr, node: spec.node })),
      (block) => block.cidr + block.node,
    ),
    felix: ofKind("FelixConfiguration", felixSchema).find(({ metadata }) => metadata.name === "default")?.spec ?? {},
    mesh: ofKind("BGPConfiguration", bgpSchema).every(({ spec }) => spec.nodeToNodeMeshEnabled !== false),
    notes,
  };
}

function isAddressOrCidr(text: string): boolean {
  return isAddress(text) || isCidr(text);
}

type AnyObject = z.infer<typeof anyObject>;

function objectsIn(path: string, text: string, notes: string[]): readonly AnyObject[] {
  try {
    return documentsOf(text).flatMap((document) => {
      const list = listSchema.safeParse(document);
      const objects = list.success ? list.data.items : [document];
      return objects.flatMap((object) => anyObject.safeParse(object).data ?? []);
    });
  } catch {
    // What a parser says quotes the file, which may hold anything.
    notes.push(`not read: ${path} (neither YAML nor JSON)`);
    return [];
  }
}

/** JSON is YAML too, but its own parser is a hundred times as fast. */
function documentsOf(text: string): readonly unknown[] {
  if (text.trimStart().startsWith("{")) return [JSON.parse(text)];
  const documents = parseAllDocuments(text, { logLevel: "silent" });
  return "empty" in documents ? [] : documents.map((document): unknown => readable(document));
}

function readable(document: { readonly errors: readonly Error[]; toJS(): unknown }): unknown {
  const [error] = document.errors;
  if (error !== undefined) throw error;
  return document.toJS();
}

function fromCalicoctl({ metadata, spec }: z.infer<typeof calicoNode>): ClusterNode {
  const { bgp = {} } = spec;
  const annotations = {
    IPv4Address: bgp.ipv4Address,
    IPv6Address: bgp.ipv6Address,
    IPv4IPIPTunnelAddr: bgp.ipv4IPIPTunnelAddr,
    IPv4VXLANTunnelAddr: spec.ipv4VXLANTunnelAddr,
    IPv6VXLANTunnelAddr: spec.ipv6VXLANTunnelAddr,
  };
  const entries = Object.entries(annotations).flatMap(([key, value]) =>
    value === undefined ? [] : [[`projectcalico.org/${key}`, value] as const],
  );
  return clusterNode({ metadata: { ...metadata, annotations: Object.fromEntries(entries) }, status: {} });
}

function uniqueBy<T>(list: readonly T[], keyOf: (item: T) => string): readonly T[] {
  return [...new Map(list.map((item) => [keyOf(item), item])).values()];
}
