/** How the blocks of a test's pcapng are written. */
export interface PcapngFormat {
  readonly littleEndian?: boolean;
}

/** Writes blocks of pcapng in one byte order. */
export class PcapngBlocks {
  private readonly littleEndian: boolean;

  constructor({ littleEndian = true }: PcapngFormat = {}) {
    this.littleEndian = littleEndian;
  }

  section(major = 1): Buffer {
    const rest = [this.uint16(major), this.uint16(0), Buffer.alloc(8, 0xff)];
    return this.block(0x0a0d0d0a, Buffer.concat([this.uint32(0x1a2b3c4d), ...rest]));
  }

  interface(fields: {
    readonly linkType: number;
    readonly name?: string;
    readonly snaplen?: number;
    readonly resolution?: number;
    readonly timeOffset?: bigint;
  }): Buffer {
    const { linkType, name, snaplen = 0, resolution, timeOffset } = fields;
    const offset = Buffer.alloc(8);
    if (this.littleEndian) offset.writeBigInt64LE(timeOffset ?? 0n);
    else offset.writeBigInt64BE(timeOffset ?? 0n);
    const options = [
      ...(name === undefined ? [] : [this.option(2, Buffer.from(name))]),
      ...(resolution === undefined ? [] : [this.option(9, Buffer.from([resolution]))]),
      ...(timeOffset === undefined ? [] : [this.option(14, offset)]),
      this.uint32(0),
    ];
    return this.block(1, Buffer.concat([this.uint16(linkType), this.uint16(0), this.uint32(snaplen), ...options]));
  }

  /** `ticks` in the resolution of the interface. */
  enhancedPacket(bytes: Uint8Array, at: { readonly interface?: number; readonly ticks?: bigint } = {}): Buffer {
    const head = [this.uint32(at.interface ?? 0), ...this.ticks(at.ticks ?? 0n), ...this.lengths(bytes)];
    return this.block(6, Buffer.concat([...head, bytes]));
  }

  obsoletePacket(bytes: Uint8Array, at: { readonly interface?: number; readonly ticks?: bigint } = {}): Buffer {
    const id = [this.uint16(at.interface ?? 0), this.uint16(0xffff)];
    return this.block(2, Buffer.concat([...id, ...this.ticks(at.ticks ?? 0n), ...this.lengths(bytes), bytes]));
  }

  simplePacket(bytes: Uint8Array, originalLength = bytes.length): Buffer {
    return this.block(3, Buffer.concat([this.uint32(originalLength), bytes]));
  }

  block(type: number, body: Uint8Array): Buffer {
    const padding = Buffer.alloc((4 - (body.length % 4)) % 4);
    const length = this.uint32(12 + body.length + padding.length);
    return Buffer.concat([this.uint32(type), length, body, padding, length]);
  }

  private option(code: number, value: Uint8Array): Buffer {
    const padding = Buffer.alloc((4 - (value.length % 4)) % 4);
    return Buffer.concat([this.uint16(code), this.uint16(value.length), value, padding]);
  }

  private ticks(ticks: bigint): Buffer[] {
    return [this.uint32(Number(ticks >> 32n)), this.uint32(Number(ticks & 0xffffffffn))];
  }

  private lengths(bytes: Uint8Array): Buffer[] {
    return [this.uint32(bytes.length), this.uint32(bytes.length)];
  }

  private uint16(value: number): Buffer {
    const bytes = Buffer.alloc(2);
    if (this.littleEndian) bytes.writeUInt16LE(value);
    else bytes.writeUInt16BE(value);
    return bytes;
  }

  private uint32(value: number): Buffer {
    const bytes = Buffer.alloc(4);
    if (this.littleEndian) bytes.writeUInt32LE(value);
    else bytes.writeUInt32BE(value);
    return bytes;
  }
}
