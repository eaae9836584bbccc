import type { CaptureInterface, PcapRecord } from "../packet.ts";
import { DamageError, keepWhole } from "./damage-error.ts";
import { maximumRecord } from "./pcap-format.ts";
import {
  Block,
  blockOverhead,
  BlockType,
  byteOrderMagic,
  maximumBlock,
  readInterface,
  type SectionInterface,
} from "./pcapng-block.ts";

/** Where a packet block has what its record needs. */
interface PacketFields {
  readonly on: SectionInterface;
  readonly timeSeconds: number;
  readonly capturedLength: number;
  readonly originalLength: number;
  /** Of the packet's bytes in the block. */
  readonly dataAt: number;
}

/** Reads one pcapng file, block by block: sections in either byte order, interfaces of any link type, packets of all three kinds. */
export class PcapngReading {
  packets = 0;
  littleEndian = true;
  /** Whether the times of some interface are more exact than a microsecond. */
  nanosecond = false;
  /** All interfaces of all sections, in the order of the file. */
  readonly interfaces: CaptureInterface[] = [];
  private readonly path: string;
  private readonly onRecord: (record: PcapRecord) => void;
  private readonly onInterface: (described: CaptureInterface) => void;
  /** Those of the current section, as packets refer to them. */
  private section: SectionInterface[] = [];
  /** Bytes of whole blocks so far. */
  private consumed = 0;
  /** Simple packets have no time: they are taken to come right after the one before. */
  private lastSeconds = 0;

  constructor(
    path: string,
    onRecord: (record: PcapRecord) => void,
    onInterface: (described: CaptureInterface) => void,
  ) {
    this.path = path;
    this.onRecord = onRecord;
    this.onInterface = onInterface;
  }

  /** Reads the whole blocks of a chunk; what needs no reading is skipped, however long. */
  consume(chunk: Buffer, from: number, to: number): number {
    let at = from;
    while (to - at >= blockOverhead) {
      const type = this.typeAt(chunk, at);
      const length = this.littleEndian ? chunk.readUInt32LE(at + 4) : chunk.readUInt32BE(at + 4);
      this.checkLength(type, length);
      const isRead = isReadType(type);
      if (isRead && to - at < length) return at;
      if (isRead) this.read(type, new Block(chunk, at, length, this.littleEndian), chunk, at);
      this.consumed += length;
      at += length;
    }
    return at;
  }

  /** The error for a file that ends within a block. */
  cut(left: number): DamageError {
    return new DamageError(`cut: ${left} stray bytes of a block follow after packet ${this.packets}`, this.path, {
      fix: keepWhole(this.packets),
    });
  }

  /** Reads a block's type; a section's header, which reads the same in either order, sets the order of all that follows. */
  private typeAt(chunk: Buffer, at: number): number {
    const type = this.littleEndian ? chunk.readUInt32LE(at) : chunk.readUInt32BE(at);
    if (type !== BlockType.section) return type;
    const isLittle = chunk.readUInt32LE(at + 8) === byteOrderMagic;
    if (!isLittle && chunk.readUInt32BE(at + 8) !== byteOrderMagic) {
      throw this.damage(`a section begins without its byte order: ${chunk.toString("hex", at + 8, at + 12)}`);
    }
    this.littleEndian = isLittle;
    return type;
  }

  private checkLength(type: number, length: number): void {
    if (length >= blockOverhead && length % 4 === 0 && length <= maximumBlock) return;
    throw this.damage(`a block of type ${typeText(type)} claims a length of ${length}`);
  }

  private read(type: number, block: Block, chunk: Buffer, at: number): void {
    const again = block.uint32(block.length - 4);
    if (again !== block.length) {
      throw this.damage(`a block of type ${typeText(type)} begins with length ${block.length} and ends with ${again}`);
    }
    if (block.length < shortest(type)) {
      throw this.damage(`a block of type ${typeText(type)} of ${block.length} bytes is too short for its fields`);
    }
    if (type === BlockType.section) this.beginSection(block);
    else if (type === BlockType.interface) this.describe(block);
    else this.emit(this.fieldsOf(type, block), block, chunk, at);
  }

  private beginSection(block: Block): void {
    const major = block.uint16(12);
    if (major !== 1) throw this.damage(`pcapng version ${major}.${block.uint16(14)}; only 1 is in use`);
    this.section = [];
  }

  private describe(block: Block): void {
    const described = readInterface(block, this.interfaces.length);
    this.section.push(described);
    this.nanosecond ||= described.ticksPerSecond > 1e6;
    this.interfaces.push(described);
    this.onInterface(described);
  }

  private fieldsOf(type: number, block: Block): PacketFields {
    if (type === BlockType.simplePacket) {
      const on = this.interfaceOf(0);
      const originalLength = block.uint32(8);
      const room = block.length - 16;
      const kept = on.snaplen === 0 ? originalLength : Math.min(originalLength, on.snaplen);
      return { on, timeSeconds: this.lastSeconds, capturedLength: Math.min(kept, room), originalLength, dataAt: 12 };
    }
    const on = this.interfaceOf(type === BlockType.packet ? block.uint16(8) : block.uint32(8));
    const ticks = block.uint32(12) * 0x1_0000_0000 + block.uint32(16);
    const timeSeconds = on.timeOffset + ticks / on.ticksPerSecond;
    return { on, timeSeconds, capturedLength: block.uint32(20), originalLength: block.uint32(24), dataAt: 28 };
  }

  private emit(fields: PacketFields, block: Block, chunk: Buffer, at: number): void {
    const { on, timeSeconds, capturedLength, originalLength, dataAt } = fields;
    if (capturedLength > maximumRecord || dataAt + capturedLength + 4 > block.length) {
      throw this.damage(
        `packet ${this.packets + 1} claims ${capturedLength} captured bytes in a block of ${block.length}`,
      );
    }
    this.packets += 1;
    this.lastSeconds = timeSeconds;
    this.onRecord({
      number: this.packets,
      timeSeconds,
      capturedLength,
      originalLength: Math.max(originalLength, capturedLength),
      bytes: chunk,
      start: at + dataAt,
      capturedOn: on,
    });
  }

  private interfaceOf(id: number): SectionInterface {
    const on = this.section[id];
    if (on !== undefined) return on;
    const there = this.section.length;
    throw this.damage(`packet ${this.packets + 1} names interface ${id}, and ${there} were described before it`);
  }

  private damage(what: string): DamageError {
    return new DamageError(`corrupt at byte ${this.consumed}: ${what}`, this.path, { fix: keepWhole(this.packets) });
  }
}

function isReadType(type: number): boolean {
  return shortest(type) > 0;
}

/** Bytes that a block's fixed fields need; 0 for those that are skipped. */
function shortest(type: number): number {
  switch (type) {
    case BlockType.section:
      return 28;
    case BlockType.interface:
      return 20;
    case BlockType.simplePacket:
      return 16;
    case BlockType.packet:
    case BlockType.enhancedPacket:
      return 32;
    default:
      return 0;
  }
}

function typeText(type: number): string {
  return type < 0x100 ? String(type) : `0x${type.toString(16).padStart(8, "0")}`;
}
