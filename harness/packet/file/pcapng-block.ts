import type { CaptureInterface } from "../packet.ts";

/*
 * pcapng (https://datatracker.ietf.org/doc/draft-ietf-opsawg-pcapng/): blocks in the byte order of their section
 *
 *   0  block type     4  total length     8  body, padded to 4 bytes     …  total length again
 */
export const blockOverhead = 12;

/** Longest block that libpcap believes in (MAX_BLOCKSIZE in sf-pcapng.c); more is a corrupt length. */
export const maximumBlock = 16 * 1024 * 1024;

/** Block types that matter here; all others are skipped. */
export const BlockType = {
  section: 0x0a0d0d0a,
  interface: 1,
  /** Obsolete, still written by old tools. */
  packet: 2,
  simplePacket: 3,
  enhancedPacket: 6,
} as const;

/** Value of the byte order magic at the beginning of a section's body. */
export const byteOrderMagic = 0x1a2b3c4d;

/** Numbers of a block in the byte order of its section. */
export class Block {
  private readonly view: DataView;
  private readonly littleEndian: boolean;

  constructor(chunk: Buffer, start: number, length: number, littleEndian: boolean) {
    this.view = new DataView(chunk.buffer, chunk.byteOffset + start, length);
    this.littleEndian = littleEndian;
  }

  get length(): number {
    return this.view.byteLength;
  }

  uint8(at: number): number {
    return this.view.getUint8(at);
  }

  uint16(at: number): number {
    return this.view.getUint16(at, this.littleEndian);
  }

  uint32(at: number): number {
    return this.view.getUint32(at, this.littleEndian);
  }

  int64(at: number): bigint {
    return this.view.getBigInt64(at, this.littleEndian);
  }

  text(at: number, length: number): string {
    const bytes = new Uint8Array(this.view.buffer, this.view.byteOffset + at, length);
    // A name is printed: control characters would move the reader's cursor, or change its colors.
    return new TextDecoder().decode(bytes).replace(/\0+$/, "").replaceAll(/\p{C}/gu, "?");
  }
}

/** An interface of the current section, with what its packets' times mean. */
export interface SectionInterface extends CaptureInterface {
  readonly ticksPerSecond: number;
  /** Seconds to add to every time. */
  readonly timeOffset: number;
}

const option = { end: 0, name: 2, resolution: 9, timeOffset: 14 } as const;

/** Reads an interface description; options that do not fit their block end the list. */
export function readInterface(block: Block, index: number): SectionInterface {
  let name: string | undefined;
  let ticksPerSecond = 1e6;
  let timeOffset = 0;
  const end = block.length - 4;
  for (let at = 16; at + 4 <= end;) {
    const [code, length] = [block.uint16(at), block.uint16(at + 2)];
    const value = at + 4;
    if (code === option.end || value + length > end) break;
    if (code === option.name) name = block.text(value, length);
    if (code === option.resolution && length >= 1) ticksPerSecond = ticksOf(block.uint8(value));
    if (code === option.timeOffset && length === 8) timeOffset = Number(block.int64(value));
    at = value + ((length + 3) & ~3);
  }
  const named = name === undefined || name === "" ? undefined : name;
  return { index, name: named, linkType: block.uint16(8), snaplen: block.uint32(12), ticksPerSecond, timeOffset };
}

/** if_tsresol: a power of 2 where the highest bit is set, otherwise of 10. */
function ticksOf(resolution: number): number {
  return resolution >= 0x80 ? 2 ** (resolution & 0x7f) : 10 ** resolution;
}
