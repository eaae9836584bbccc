import type { Probe } from "../probe/probe.ts";
import { markPrefix, patternMagic } from "../probe/token.ts";

/** Finds a probe (by its position) from its token, in constant time. */
export interface TokenIndex {
  /** By the 16 hex digits of a pattern of pings or datagrams. */
  readonly patterns: ReadonlyMap<string, number>;
  readonly clientPorts: ReadonlyMap<number, number>;
  readonly serverPorts: ReadonlyMap<number, number>;
  readonly marks: ReadonlyMap<string, number>;
  /** By `endsKey` of the packet that opens a flow; undefined where two probes have the same. */
  readonly ends: ReadonlyMap<string, number | undefined>;
}

/** Names a flow by where it comes from and goes to, whatever its client's port. */
export function endsKey(source: string, destination: string, port: number): string {
  return `${source} ${destination} ${port}`;
}

const patternBytes = 8;
const magic = Buffer.from(patternMagic, "hex");

/** Bytes of a request in which a mark is looked for: it stands in the request line. */
const requestLine = 200;
const markPattern = new RegExp(`^(?:GET|POST) \\S*?/(${markPrefix}[0-9a-f]+)`);

/** Indexes the tokens of all probes; two probes with one token are an error, since nobody could tell them apart. */
export function indexTokens(probes: readonly Probe[]): TokenIndex {
  const index = {
    patterns: new Map<string, number>(),
    clientPorts: new Map<number, number>(),
    serverPorts: new Map<number, number>(),
    marks: new Map<string, number>(),
    ends: new Map<string, number | undefined>(),
  };
  probes.forEach(({ token, beyond }, probe) => {
    // Its token is that of the probe that is sent.
    if (beyond !== undefined) return;
    if (token.kind !== "tcp-port") {
      if (!token.pattern.startsWith(patternMagic)) throw new Error(`pattern ${token.pattern} lacks ${patternMagic}`);
      put(index.patterns, token.pattern, probe);
      return;
    }
    put(token.side === "client" ? index.clientPorts : index.serverPorts, token.port, probe);
    if (token.mark !== undefined) put(index.marks, token.mark, probe);
    for (const source of token.ends?.sources ?? []) {
      const key = endsKey(source, token.ends?.destination ?? "", token.ends?.port ?? 0);
      index.ends.set(key, index.ends.has(key) ? undefined : probe);
    }
  });
  return index;
}

/**
 * Finds the probe whose ping pattern stands in a payload. ping repeats the pattern, so that its first whole copy is
 * found wherever the time stamp in front of it ends.
 */
export function probeOfPattern(payload: Uint8Array, index: TokenIndex): number | undefined {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
  for (let at = bytes.indexOf(magic); at >= 0; at = bytes.indexOf(magic, at + 1)) {
    const probe = index.patterns.get(bytes.toString("hex", at, at + patternBytes));
    if (probe !== undefined) return probe;
  }
  return undefined;
}

/** Finds the probe whose mark stands in an HTTP request. */
export function probeOfRequest(payload: Uint8Array, index: TokenIndex): number | undefined {
  // "GE" or "PO": most packets are answers and are not worth a string.
  if (payload[0] !== 0x47 && payload[0] !== 0x50) return undefined;
  const text = Buffer.from(payload.buffer, payload.byteOffset, Math.min(payload.length, requestLine)).toString(
    "latin1",
  );
  const mark = markPattern.exec(text)?.[1];
  return mark === undefined ? undefined : index.marks.get(mark);
}

function put<K>(map: Map<K, number>, token: K, probe: number): void {
  if (map.has(token)) throw new Error(`two probes have the token ${String(token)}`);
  map.set(token, probe);
}
