/** A file in the root of a seed image. */
export interface SeedFile {
  /** As the guest sees it, at most 31 characters of ASCII: `user-data`. */
  readonly name: string;
  readonly text: string;
}

/** Bytes of a sector (ECMA-119 6.1.2). */
const sector = 2048;

/** Sectors of the fixed parts: 16 of system area come first (ECMA-119 6.2.1). */
const places = { volume: 16, end: 17, pathTable: 18, pathTableBigEndian: 19, root: 20, files: 21 } as const;

/**
 * A read-only disk with a label and a few files, as cloud-init reads it: ISO 9660 (ECMA-119) with Rock Ridge names, because
 * `user-data` is no name there. Undated, so that equal input gives equal bytes; every Linux can read it.
 */
export function seedImage(label: string, files: readonly SeedFile[]): Buffer {
  let next: number = places.files;
  const placed = files.map(({ name, text }): PlacedFile => {
    const content = Buffer.from(text);
    const at = next;
    next += Math.ceil(content.length / sector);
    return { name, content, at };
  });
  const image = Buffer.alloc(next * sector);
  volumeDescriptor(label, next).copy(image, places.volume * sector);
  Buffer.from("\xffCD001\x01", "latin1").copy(image, places.end * sector);
  pathTable("LE").copy(image, places.pathTable * sector);
  pathTable("BE").copy(image, places.pathTableBigEndian * sector);
  rootFolder(placed).copy(image, places.root * sector);
  for (const { content, at } of placed) content.copy(image, at * sector);
  return image;
}

interface PlacedFile {
  readonly name: string;
  readonly content: Buffer;
  readonly at: number;
}

/** ECMA-119 8.4; what is not written stays 0 or, in texts, blank. */
function volumeDescriptor(label: string, sectors: number): Buffer {
  const volume = Buffer.alloc(sector);
  volume.write("\x01CD001\x01", "latin1");
  volume.fill(" ", 8, 72);
  volume.write(label.slice(0, 32), 40, "latin1");
  both32(sectors).copy(volume, 80);
  for (const at of [120, 124]) both16(1).copy(volume, at);
  both16(sector).copy(volume, 128);
  both32(pathTable("LE").length).copy(volume, 132);
  volume.writeUInt32LE(places.pathTable, 140);
  volume.writeUInt32BE(places.pathTableBigEndian, 148);
  record("\0", places.root, sector, true).copy(volume, 156);
  volume.fill(" ", 190, 813);
  for (const at of [813, 830, 847, 864]) volume.fill("0", at, at + 16);
  volume[881] = 1;
  return volume;
}

/** The root folder alone (ECMA-119 9.4). */
function pathTable(order: "LE" | "BE"): Buffer {
  const table = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  if (order === "LE") table.writeUInt32LE(places.root, 2);
  else table.writeUInt32BE(places.root, 2);
  table[order === "LE" ? 6 : 7] = 1;
  return table;
}

/** Sorted by the plain names, which are numbers: those of Rock Ridge are what anybody sees. */
function rootFolder(files: readonly PlacedFile[]): Buffer {
  // SUSP 5.3: says that the system use fields below are Rock Ridge's.
  const sharing = Buffer.from([0x53, 0x50, 7, 1, 0xbe, 0xef, 0]);
  const records = [
    record("\0", places.root, sector, true, Buffer.concat([sharing, permissions(0o040755)])),
    record("\x01", places.root, sector, true, permissions(0o040755)),
    ...files.map(({ name, content, at }, index) => {
      const fields = Buffer.concat([permissions(0o100400), alternateName(name)]);
      return record(`F${String(index).padStart(3, "0")}.;1`, at, content.length, false, fields);
    }),
  ];
  return Buffer.concat(records);
}

/** Directory record (ECMA-119 9.1) with system use fields behind it; its length is even. */
function record(name: string, at: number, length: number, isFolder: boolean, fields: Buffer = Buffer.alloc(0)): Buffer {
  const named = 33 + name.length + ((name.length + 1) % 2);
  const whole = Buffer.alloc(named + fields.length + (fields.length % 2));
  whole[0] = whole.length;
  both32(at).copy(whole, 2);
  both32(length).copy(whole, 10);
  whole[25] = isFolder ? 2 : 0;
  both16(1).copy(whole, 28);
  whole[32] = name.length;
  whole.write(name, 33, "latin1");
  fields.copy(whole, named);
  return whole;
}

/** Rock Ridge (IEEE P1282) 4.1.1: mode, links, user and group. */
function permissions(mode: number): Buffer {
  return Buffer.concat([Buffer.from([0x50, 0x58, 36, 1]), ...[mode, 1, 0, 0].map(both32)]);
}

/** Rock Ridge 4.1.4. */
function alternateName(name: string): Buffer {
  return Buffer.concat([Buffer.from([0x4e, 0x4d, 5 + name.length, 1, 0]), Buffer.from(name, "latin1")]);
}

/** Numbers in both byte orders (ECMA-119 7.2.3, 7.3.3). */
function both16(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt16LE(value, 0);
  bytes.writeUInt16BE(value, 2);
  return bytes;
}

function both32(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32LE(value, 0);
  bytes.writeUInt32BE(value, 4);
  return bytes;
}
