/**
 * A part of a chunk that pcap-parser takes for a Buffer. The parser slices three times per record, and a real Buffer's
 * slice costs more than everything else that it does; this has just the methods that it calls.
 */
export class ByteWindow {
  readonly chunk: Buffer;
  readonly start: number;
  private readonly end: number;

  private readonly isBig: boolean;

  constructor(chunk: Buffer, start: number, end: number, isBig: boolean) {
    this.isBig = isBig;
    this.chunk = chunk;
    this.start = start;
    this.end = end;
  }

  get length(): number {
    return this.end - this.start;
  }

  slice(from: number, to?: number): ByteWindow {
    return new ByteWindow(this.chunk, this.start + from, to === undefined ? this.end : this.start + to, this.isBig);
  }

  toString(encoding: BufferEncoding, from: number, to: number): string {
    return this.chunk.toString(encoding, this.start + from, this.start + to);
  }

  readUInt16LE(at: number): number {
    return this.chunk.readUInt16LE(this.start + at);
  }

  readUInt16BE(at: number): number {
    return this.chunk.readUInt16BE(this.start + at);
  }

  readInt32LE(at: number): number {
    return this.chunk.readInt32LE(this.start + at);
  }

  readInt32BE(at: number): number {
    return this.chunk.readInt32BE(this.start + at);
  }

  /** In the file's byte order. */
  readUInt32(at: number): number {
    return this.isBig ? this.chunk.readUInt32BE(this.start + at) : this.chunk.readUInt32LE(this.start + at);
  }

  readUInt32LE(at: number): number {
    return this.chunk.readUInt32LE(this.start + at);
  }

  readUInt32BE(at: number): number {
    return this.chunk.readUInt32BE(this.start + at);
  }
}
