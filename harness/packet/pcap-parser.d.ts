/** Types of pcap-parser 0.2.1, which brings none. */
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
  export interface ParsedPacket {
    readonly header: PacketHeader;
    readonly data: Buffer;
  }
  export interface Parser {
    /** What has been read but not yet emitted. */
    buffer: Buffer | null;
    on(event: "globalHeader", listener: (header: GlobalHeader) => void): this;
    on(event: "packetHeader", listener: (header: PacketHeader) => void): this;
    on(event: "packet", listener: (packet: ParsedPacket) => void): this;
    on(event: "error", listener: (error: Error) => void): this;
  }
  /** The part of a readable stream that the parser uses. */
  export interface Source {
    on(event: string, listener: (chunk: Buffer) => void): unknown;
    pause(): unknown;
    resume(): unknown;
  }
  const pcapParser: { parse(input: Source): Parser };
  export default pcapParser;
}
