import type { Sighting } from "./sighting.ts";

/** TCP flags (RFC 9293 section 3.1). */
const syn = 0x02;
const synAndAck = 0x12;

/** Endpoints remembered as servers at most: a scan must not fill the memory. */
const mostServers = 50_000;

/**
 * Tells which of a connection's two ports is the service's: the one that a SYN was sent to, or, where none was seen, the one that
 * more connections share. The smaller one is a last resort: node ports and gRPC's are above many clients' ports.
 */
export class ServicePorts {
  private readonly servers = new Set<string>();
  /** Servers that were told by a SYN, by port, and connections that have a port on either side; by protocol. */
  private readonly told = new Map<string, Uint32Array>();
  private readonly shares = new Map<string, Uint32Array>();

  /** The service's port where it is certain by now; missing where more packets may tell. */
  certain(sighting: Sighting): number | undefined {
    const { protocol, flags, source, destination, sourcePort, destinationPort } = sighting;
    if (sourcePort === undefined || destinationPort === undefined) return undefined;
    if ((flags & synAndAck) === syn) return this.learn(protocol, destination, destinationPort);
    if ((flags & synAndAck) === synAndAck) return this.learn(protocol, source, sourcePort);
    const toServer = this.servers.has(endpoint(protocol, destination, destinationPort));
    const fromServer = this.servers.has(endpoint(protocol, source, sourcePort));
    if (toServer === fromServer) return toServer ? Math.min(sourcePort, destinationPort) : undefined;
    return toServer ? destinationPort : sourcePort;
  }

  /** Counts a connection of which nobody knows yet who serves. */
  count(protocol: string, ports: readonly [number, number]): void {
    const shares = this.table(this.shares, protocol);
    for (const port of new Set(ports)) shares[port] = (shares[port] ?? 0) + 1;
  }

  /** The more likely of two ports by all that was seen: told by SYNs, shared by more connections, smaller. */
  likelier(protocol: string, [one, other]: readonly [number, number]): number {
    for (const table of [this.told, this.shares]) {
      const counts = table.get(protocol);
      const [ofOne, ofOther] = [counts?.[one] ?? 0, counts?.[other] ?? 0];
      if (ofOne !== ofOther) return ofOne > ofOther ? one : other;
    }
    return Math.min(one, other);
  }

  /** Remembers a server, so that its further connections need no guess. */
  remember(protocol: string, address: string, port: number): void {
    if (this.servers.size < mostServers) this.servers.add(endpoint(protocol, address, port));
  }

  private learn(protocol: string, address: string, port: number): number {
    const told = this.table(this.told, protocol);
    told[port] = (told[port] ?? 0) + 1;
    this.remember(protocol, address, port);
    return port;
  }

  private table(tables: Map<string, Uint32Array>, protocol: string): Uint32Array {
    let table = tables.get(protocol);
    if (table === undefined) {
      table = new Uint32Array(0x10000);
      tables.set(protocol, table);
    }
    return table;
  }
}

function endpoint(protocol: string, address: string, port: number): string {
  return `${protocol} ${address} ${port}`;
}
