/** A bundle of diagnostics in memory: the files that anything is read from, by path. All others were passed over unread. */
export interface Bundle {
  /** Name of the archive or folder, for messages. */
  readonly name: string;
  readonly files: ReadonlyMap<string, string>;
  /** What the user should know: files that were too large, names that were refused. */
  readonly notes: readonly string[];
}

/** A bundle comes from strangers: nothing of it is ever written to disk, and no more than this of it is held. */
export const limits = {
  /** Bytes of one file of a node; 30 000 routes are 2 MiB. */
  nodeFile: 4 * 2 ** 20,
  /** Bytes of one file of API objects; 1 000 nodes with their lists of images are 20 MiB. */
  objectFile: 64 * 2 ** 20,
  /** Bytes of all files together. */
  held: 512 * 2 ** 20,
  /** Bytes that an archive may unpack to: logs make most of a bundle. */
  unpacked: 8 * 2 ** 30,
  /** Entries of an archive or folder. */
  entries: 200_000,
  /** Folders below each other. */
  depth: 8,
} as const;

/** What of a node a file tells, by the command that its name is made of. */
export type NodePart = "routes" | "routes6" | "rules" | "rules6" | "links" | "addresses" | "neighbors" | "fdb";

/** Second words of ip(8) commands, which it lets be shortened, and what they tell. */
const ipCommands: readonly (readonly [RegExp, NodePart])[] = [
  [/^r(o(u(te?s?)?)?)?$/, "routes"],
  [/^ru(les?)?$/, "rules"],
  [/^l(i(nks?)?)?$/, "links"],
  [/^a(d(d(r(e(ss(es)?)?)?)?)?)?$/, "addresses"],
  [/^n(e(i(gh(bors?|bours?)?)?)?)?$/, "neighbors"],
];

/**
 * What a file of a node's folder tells: "ip-route-v6.txt" as calicoctl names them, "ip_-d_link.txt", "bridge fdb". Undefined for all
 * else, which is never opened: logs, rules of packet filters, secrets.
 */
export function nodePartOf(fileName: string): NodePart | undefined {
  const words = fileName
    .toLowerCase()
    .replace(/\.(txt|json|out|log)$/, "")
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
  if (words[0] === "bridge") return words.includes("fdb") ? "fdb" : undefined;
  if (words[0] !== "ip" || words.includes("get") || words.includes("err")) return undefined;
  const command = words.slice(1).find((word) => !/^([jdso46n]|br)$/.test(word) || word === "n");
  const part = ipCommands.find(([pattern]) => pattern.test(command ?? ""))?.[1];
  const six = words.includes("6") || words.includes("v6");
  if (six && part === "routes") return "routes6";
  if (six && part === "rules") return "rules6";
  return part;
}

/** Kinds of objects that are read, in the names that kubectl and calicoctl have for them, at the end of a file's name. */
const objectFile =
  /(^|[^a-z])(ippools?|nodes?|blockaffinit(y|ies)|felixconfig(uration)?s?|bgpconfig(uration)?s?)(\.crd)?(\.projectcalico\.org)?\.(ya?ml|json)$/;

/** Whether a file may hold API objects that are read: neither "nodes.txt", a table for people, nor "node-certs.yaml", a secret. */
export function holdsObjects(fileName: string): boolean {
  return objectFile.test(fileName.toLowerCase());
}
