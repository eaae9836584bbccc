import { createHash } from "node:crypto";

/**
 * First three bytes of every ping pattern, so that one search through a packet finds any of them, also in an ICMP error
 * that quotes the packet. Not a word of any protocol, and above 0x7f so that text cannot hold it.
 */
export const patternMagic = "e5ca9b";

/** What every mark in an HTTP request begins with. */
export const markPrefix = "el-";

/**
 * TCP ports of probes: clear of Kubernetes' and Calico's services below (the kubelet's and kube-proxy's go up to 10260), and of NodePorts (30000-32767) and the kernel's
 * ephemeral ports (32768-60999, ip_local_port_range) above.
 */
export const serverPorts = { first: 11_000, count: 9_000 } as const;
export const clientPorts = { first: 20_000, count: 10_000 } as const;

/** Gives out tokens that are unique within one seed and rarely meet those of another. */
export interface TokenSource {
  /** 16 hex digits for `ping -p`. */
  pattern(index: number): string;
  clientPort(index: number): number;
  serverPort(index: number): number;
  mark(index: number): string;
}

/**
 * Tokens numbered from a place that depends on the seed (run id and mode), so that a probe never dials from a port that
 * the one before left in TIME_WAIT or in a conntrack table. Same seed, same tokens.
 */
export function tokenSource(seed: string): TokenSource {
  const digest = createHash("sha256").update(seed).digest();
  const start = digest.readUInt32BE(0);
  const run = digest.toString("hex", 4, 6);
  return {
    pattern: (index) => `${patternMagic}${run}${hex(index, 6)}`,
    clientPort: (index) => portIn(clientPorts, start, index),
    serverPort: (index) => portIn(serverPorts, start, index),
    mark: (index) => `${markPrefix}${run}${hex(index, 6)}`,
  };
}

function portIn(range: typeof clientPorts | typeof serverPorts, start: number, index: number): number {
  if (index >= range.count)
    throw new RangeError(`probe ${index} has no port of its own: ${range.count} ports are kept`);
  return range.first + ((start + index) % range.count);
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}
