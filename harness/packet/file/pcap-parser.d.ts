/** Types of pcap-parser 0.2.1, which brings none. `Bytes` is a Buffer, or what looks like one. */
declare module "pcap-parser" {
  export interface GlobalHeader {
    readonly magicNumber: number;
    readonly majorVersion: number;
    readonly minorVersion: number;
    readonly snapshotLength: number;
    readonly linkLayerType: number;
  }
  export interface PacketHeader {
    readonly timestampSeconds: number;
    /** Nanoseconds where the file's magic was that of a nanosecond capture. */
    readonly timestampMicroseconds: number;
    readonly capturedLength: number;
    readonly originalLength: number;
  }
  export interface ParsedPacket<Bytes> {
    readonly header: PacketHeader;
    readonly data: Bytes;
  }
  export interface Parser<Bytes> {
    /** What has been read but not yet emitted. */
    buffer: Bytes | null;
    /** "LE" or "BE" once the file's header is read: the end of the names of the methods that it reads numbers with. */
    endianness: string | null;
    on(event: "globalHeader", listener: (header: GlobalHeader) => void): this;
    on(event: "packetHeader", listener: (header: PacketHeader) => void): this;
    on(event: "packet", listener: (packet: ParsedPacket<Bytes>) => void): this;
    on(event: "error", listener: (error: Error) => void): this;
  }
  /** The part of a readable stream that the parser uses. */
  export interface Source<Bytes> {
    on(event: string, listener: (chunk: Bytes) => void): unknown;
    pause(): unknown;
    resume(): unknown;
  }
  const pcapParser: { parse<Bytes>(input: Source<Bytes>): Parser<Bytes> };
  export default pcapParser;
}
