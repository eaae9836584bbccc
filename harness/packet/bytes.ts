/** Reads one byte; 0 beyond the end, so that a reader can never throw (callers check lengths first). */
export function uint8(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}

/** Reads 16 bits in network order. */
export function uint16(bytes: Uint8Array, at: number): number {
  return (uint8(bytes, at) << 8) | uint8(bytes, at + 1);
}

/** Reads 24 bits in network order. */
export function uint24(bytes: Uint8Array, at: number): number {
  return (uint8(bytes, at) << 16) | uint16(bytes, at + 1);
}

/** Reads 32 bits in network order, unsigned. */
export function uint32(bytes: Uint8Array, at: number): number {
  return ((uint8(bytes, at) << 24) | uint24(bytes, at + 1)) >>> 0;
}
