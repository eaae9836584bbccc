import type { LinkFact, VxlanFact } from "../dataplane/node-facts.ts";
import { canonicalForm, isCidr } from "../topology/address.ts";
import { destinationOf } from "../topology/destination.ts";
import { wordAfter } from "./parse-route-text.ts";

/** First words of lines below a device that do not tell its kind. */
const notKinds = new Set(["inet", "inet6", "altname", "alias", "valid_lft", "RX:", "TX:"]);

/** Reads what `ip [-d] addr` or `ip [-d] link` prints. Without `-d` the kind of a device is not told, and stands empty. */
export function parseLinkText(text: string): readonly LinkFact[] {
  const devices: string[][] = [];
  for (const line of text.split("\n")) {
    if (/^\d+: /.test(line)) devices.push([line]);
    else devices.at(-1)?.push(line);
  }
  return devices.map(parseDevice);
}

function parseDevice([head = "", ...rest]: readonly string[]): LinkFact {
  const lines = rest.map((line) => line.trim().split(/\s+/));
  const words = head.split(/\s+/);
  const link = lines.find(([word = ""]) => word.startsWith("link/")) ?? [];
  const detailed = link.includes("promiscuity");
  const [details] = lines.filter((line) => line !== link && !notKinds.has(line[0] ?? ""));
  const kind = details?.[0] ?? link[0]?.replace("link/", "") ?? "";
  const vxlan = detailed && kind === "vxlan" && details !== undefined ? parseVxlan(details) : undefined;
  return {
    device: (words[1] ?? "").replace(/(@.*)?:$/, ""),
    kind: detailed ? kind : "",
    mtu: Number(wordAfter(words, "mtu") ?? 0),
    up: /[<,]UP[,>]/.test(head),
    mac: (link[1] ?? "").toLowerCase(),
    addresses: lines.flatMap((line) => addressOf(line)),
    ...(vxlan === undefined ? {} : { vxlan }),
  };
}

/** "inet 10.0.0.1/24 brd …", or "inet 10.0.0.1 peer 10.0.0.2/32 …". */
function addressOf([key = "", address = "", word, peer = ""]: readonly string[]): readonly string[] {
  if (key !== "inet" && key !== "inet6") return [];
  const prefix = word === "peer" ? /\/\d+$/.exec(peer)?.[0] : undefined;
  const cidr = address.includes("/") ? address : `${address}${prefix ?? (key === "inet" ? "/32" : "/128")}`;
  return isCidr(cidr) ? [canonicalForm(cidr)] : [];
}

function parseVxlan(words: readonly string[]): VxlanFact {
  const after = (key: string): string | undefined => wordAfter(words, key);
  const number = (key: string): number => Number(after(key) ?? 0);
  const parent = after("dev");
  const ports = words.indexOf("srcport");
  const [ttl, df] = [after("ttl"), after("df")];
  return {
    vni: number("id"),
    port: number("dstport"),
    local: destinationOf(after("local") ?? after("local6") ?? ""),
    learning: !words.includes("nolearning"),
    ...(parent === undefined ? {} : { parent }),
    ...(words.includes("udpcsum") ? { udpChecksum: true } : words.includes("noudpcsum") ? { udpChecksum: false } : {}),
    ttl: ttl === undefined || !/^\d+$/.test(ttl) ? 0 : Number(ttl),
    ...(df === undefined ? {} : { df }),
    ...(ports < 0 ? {} : { sourcePorts: [Number(words[ports + 1]), Number(words[ports + 2])] as const }),
  };
}
