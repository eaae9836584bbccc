import { Address4, Address6 } from "ip-address";
import type { Family } from "./topology.ts";

/** Whether the text is one IPv4 or IPv6 address: no prefix, no zone, no leading zeros (010.0.0.1 is not read as octal). */
export function isAddress(text: string): boolean {
  if (dottedQuad.test(text)) return true;
  if (text.includes("/") || text.includes("%")) return false;
  return text.includes(":") ? Address6.isValid(text) : text.includes(".") && Address4.isValid(text);
}

/** Whether the text is an address with a prefix length, for example `198.18.1.11/24`; host bits may be set. */
export function isCidr(text: string): boolean {
  const slash = text.indexOf("/");
  if (slash > 0 && dottedQuad.test(text.slice(0, slash))) return quadPrefix.test(text.slice(slash + 1));
  return slash > 0 && isAddress(text.slice(0, slash)) && (Address4.isValid(text) || Address6.isValid(text));
}

/** Family of an address, with or without prefix. Throws a RangeError, as all below do, on what is not an address. */
export function familyOf(addressOrCidr: string): Family {
  return parse(addressOrCidr).family;
}

/** The address alone: `1.2.3.4/24` becomes `1.2.3.4`; text without prefix stays as it is. */
export function withoutPrefix(addressOrCidr: string): string {
  const slash = addressOrCidr.indexOf("/");
  return slash < 0 ? addressOrCidr : addressOrCidr.slice(0, slash);
}

/** Prefix length in bits; an address without prefix counts as one host (32 or 128). */
export function prefixLength(addressOrCidr: string): number {
  return parse(addressOrCidr).prefix;
}

/** An address as hex digits, 8 or 32 of them, as packets and sockets hold it. */
export function addressHex(address: string): string {
  const range = parse(address);
  return range.first.toString(16).padStart(range.family === 4 ? 8 : 32, "0");
}

/** The network that an interface address is in: `198.18.1.11/24` becomes `198.18.1.0/24`. */
export function networkOf(addressOrCidr: string): string {
  const range = parse(addressOrCidr);
  return `${format(range.family, range.first)}/${range.prefix}`;
}

/** Whether every address of the second lies in the network of the first; never true across families. */
export function contains(cidr: string, addressOrCidr: string): boolean {
  const outer = parse(cidr);
  const inner = parse(addressOrCidr);
  return outer.family === inner.family && outer.first <= inner.first && inner.last <= outer.last;
}

/** Whether two networks share an address; never true across families. */
export function overlaps(a: string, b: string): boolean {
  return contains(a, b) || contains(b, a);
}

/** How many addresses the network holds, its first and last included. */
export function addressCount(cidr: string): bigint {
  return size(parse(cidr));
}

/** The nth address of a network without prefix; 0 is the network's own address. RangeError beyond its end. */
export function hostAddress(cidr: string, n: number): string {
  const range = parse(cidr);
  if (n < 0 || BigInt(n) >= size(range)) throw new RangeError(`${cidr} has no address number ${n}`);
  return format(range.family, range.first + BigInt(n));
}

/** How many blocks of this prefix length fit into the pool; 0 when a block is larger than the pool. */
export function blockCount(pool: string, blockSize: number): bigint {
  const { bits, prefix } = parse(pool);
  return blockSize < prefix || blockSize > bits ? 0n : 1n << BigInt(blockSize - prefix);
}

/** The nth block (from 0) of a pool cut into blocks of prefix length `blockSize`. RangeError beyond its end. */
export function nthBlock(pool: string, blockSize: number, n: number): string {
  const range = parse(pool);
  if (n < 0 || BigInt(n) >= blockCount(pool, blockSize))
    throw new RangeError(`${pool} has no /${blockSize} number ${n}`);
  return `${format(range.family, range.first + (BigInt(n) << BigInt(range.bits - blockSize)))}/${blockSize}`;
}

/**
 * One spelling per address: canonical lower-case IPv6 (RFC 5952), `::ffff:1.2.3.4` as `1.2.3.4` (RFC 4291 2.5.5.2, how
 * dual-stack servers name IPv4 clients), zone dropped. A prefix is not accepted.
 */
export function normalizeAddress(address: string): string {
  if (dottedQuad.test(address)) return address;
  const zoneless = address.replace(/%.*$/, "");
  if (!isAddress(zoneless)) throw notAnAddress(address);
  const { family, value } = parse(zoneless);
  return family === 6 && value >> 32n === 0xffffn ? format(4, value & 0xffffffffn) : format(family, value);
}

/** The canonical spelling of an address with or without prefix, host bits kept: `FD00:0::1/64` becomes `fd00::1/64`. */
export function canonicalForm(addressOrCidr: string): string {
  if (dottedQuad.test(withoutPrefix(addressOrCidr)) && isCidr(addressOrCidr)) return addressOrCidr;
  const { family, value, prefix } = parse(addressOrCidr);
  return addressOrCidr.includes("/") ? `${format(family, value)}/${prefix}` : format(family, value);
}

/** IPv4 as everyone writes it, which is its canonical spelling; a run compares millions of these, the library needs 10 µs for each. */
const dottedQuad = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

/** Bits of an IPv4 prefix, without leading zeros. */
const quadPrefix = /^(?:3[0-2]|[12]?\d)$/;

interface Range {
  readonly family: Family;
  /** 32 or 128. */
  readonly bits: number;
  readonly prefix: number;
  /** The address as written, host bits included. */
  readonly value: bigint;
  readonly first: bigint;
  readonly last: bigint;
}

/** Ranges by their text: a run has few addresses and compares them pair by pair, tap by tap. */
const parsed = new Map<string, Range>();

/** Texts that are kept: more than a large lab has, and few megabytes. */
const mostParsed = 20_000;

function parse(text: string): Range {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const read = readRange(text);
  const { bits, prefix, value } = read;
  const hostBits = BigInt(bits - prefix);
  const first = (value >> hostBits) << hostBits;
  const range = { ...read, first, last: first + (1n << hostBits) - 1n };
  if (parsed.size >= mostParsed) parsed.clear();
  parsed.set(text, range);
  return range;
}

function readRange(text: string): Omit<Range, "first" | "last"> {
  if (text.includes("%")) throw notAnAddress(text);
  const [quad = "", bits = "32", ...more] = text.split("/");
  if (dottedQuad.test(quad) && quadPrefix.test(bits) && more.length === 0)
    return { family: 4, bits: 32, prefix: Number(bits), value: BigInt(quadValue(quad)) };
  // The library refuses by throwing, which takes it longer than reading does.
  if (!text.includes(":") && Address4.isValid(text)) {
    const address = new Address4(text);
    return { family: 4, bits: 32, prefix: address.subnetMask, value: address.bigInt() };
  }
  if (Address6.isValid(text)) {
    const address = new Address6(text);
    return { family: 6, bits: 128, prefix: address.subnetMask, value: address.bigInt() };
  }
  throw notAnAddress(text);
}

function quadValue(text: string): number {
  return text.split(".").reduce((value, part) => value * 256 + Number(part), 0);
}

function notAnAddress(text: string): RangeError {
  return new RangeError(`not an IP address: "${text}"`);
}

function size(range: Range): bigint {
  return 1n << BigInt(range.bits - range.prefix);
}

function format(family: Family, value: bigint): string {
  return family === 4 ? Address4.fromBigInt(value).correctForm() : Address6.fromBigInt(value).correctForm();
}

/** IPv4: first and last of a subnet (RFC 1122 3.2.1.3); IPv6: the first, which is the routers' (RFC 4291 2.6.1). */
export function reservedIn(network: string, address: string, family: Family): string | undefined {
  const same = normalizeAddress(address);
  if (same === hostAddress(network, 0)) return family === 4 ? "network address" : "subnet-router anycast address";
  const isLast = family === 4 && same === hostAddress(network, Number(addressCount(network)) - 1);
  return isLast ? "broadcast address" : undefined;
}
