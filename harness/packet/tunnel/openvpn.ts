import { uint16, uint32, uint8 } from "../bytes.ts";

/*
 * OpenVPN (https://openvpn.net/community-docs/openvpn-protocol.html): opcode (5 bits) and key id (3), then of control messages
 *
 *   session id (8), with --tls-auth HMAC (16 to 64), number from 1 (4) and time (4), with --tls-crypt the same two and tag (32)
 *   before what is encrypted; then count of acknowledged numbers (1) with these (4 each) and the other's session id (8), number (4)
 *
 * In TCP two bytes of length come before each message.
 */
const opcode = { control: 4, acknowledge: 5, resetOfClient: 7, resetOfServer: 8, resetOfClientV3: 10 } as const;
const sessionAt = 1;
const afterSession = 9;
/** Number and time, which each wrapping adds. */
const stampLength = 8;
/** What HMACs of --tls-auth add: MD5, SHA-1, SHA-224, SHA-256, SHA-384, SHA-512. */
const hmacLengths: readonly number[] = [16, 20, 28, 32, 48, 64];
const tagLength = 32;
/** A wrapped client key has a length, a tag and 256 bytes of key at least (doc/tls-crypt-v2.txt). */
const leastClientKey = 290;
/** Resets are sent again until they are answered, with a number each; 0x0f in front offers 2.6's early negotiation. */
const mostResets = 64;
const earlyNegotiation = 0x0f000000;

/** What begins a session of OpenVPN, and says who it is. */
export interface OpenvpnReset {
  readonly by: "client" | "server";
  /** 8 random bytes as text. */
  readonly session: string;
  /** Of the client, in an answer that is not encrypted. */
  readonly answers?: string;
}

/**
 * Reads the message that begins a session: its length, its zeros and numbers must all fit. Random bytes of the right length do with
 * odds of at most 2^-33; what claims to be one still needs an answer or a second message to be believed.
 */
export function openvpnReset(bytes: Uint8Array, length: number): OpenvpnReset | undefined {
  const first = uint8(bytes, 0);
  const session = hex(bytes, sessionAt);
  switch (first) {
    case opcode.resetOfClient << 3: {
      const fits = isOpenReset(bytes, length) || isWrapped(bytes, length, afterSession + stampLength + tagLength + 5);
      return fits ? { by: "client", session } : undefined;
    }
    case opcode.resetOfClientV3 << 3: {
      const wrapped = afterSession + stampLength + tagLength + 5;
      const hasKey = length >= wrapped + leastClientKey && isNumbered(bytes, afterSession);
      return hasKey && isKeyLength(bytes, length, wrapped) ? { by: "client", session } : undefined;
    }
    case opcode.resetOfServer << 3:
      return answerOf(bytes, length, session);
    default:
      return undefined;
  }
}

/** The session of a control message or an acknowledgment behind the reset; missing in all else. */
export function openvpnSession(bytes: Uint8Array): string | undefined {
  const first = uint8(bytes, 0);
  const isControl = first === opcode.control << 3 || first === opcode.acknowledge << 3;
  return isControl && bytes.length >= afterSession ? hex(bytes, sessionAt) : undefined;
}

/** Whether a message carries a packet: opcodes 6 and 9. */
export function isOpenvpnData(first: number): boolean {
  return first >> 3 === 6 || first >> 3 === 9;
}

/** Nothing acknowledged, number 0, without a wrapping or behind an HMAC. */
function isOpenReset(bytes: Uint8Array, length: number): boolean {
  const own = afterSession + 5;
  if (length === own) return isZero(bytes, afterSession);
  const hmac = length - own - stampLength;
  const at = afterSession + hmac;
  return hmacLengths.includes(hmac) && isNumbered(bytes, at) && isZero(bytes, at + stampLength);
}

function isZero(bytes: Uint8Array, at: number): boolean {
  return bytes.length >= at + 5 && uint8(bytes, at) === 0 && uint32(bytes, at + 1) === 0;
}

function isWrapped(bytes: Uint8Array, length: number, wanted: number): boolean {
  return length === wanted && isNumbered(bytes, afterSession);
}

function isNumbered(bytes: Uint8Array, at: number): boolean {
  if (bytes.length < at + stampLength) return false;
  const number = uint32(bytes, at);
  const plain = number >= earlyNegotiation ? number - earlyNegotiation : number;
  return plain >= 1 && plain <= mostResets;
}

/** The wrapped key ends with its own length; what was cut before that is left to the numbers. */
function isKeyLength(bytes: Uint8Array, length: number, before: number): boolean {
  return bytes.length < length || uint16(bytes, length - 2) === length - before;
}

/** One number acknowledged, which is 0, then the client's session and number 0; or all of that encrypted. */
function answerOf(bytes: Uint8Array, length: number, session: string): OpenvpnReset | undefined {
  const own = afterSession + 1 + 4 + 8 + 4;
  const hmac = length - own - stampLength;
  const at = length === own ? afterSession : hmacLengths.includes(hmac) ? afterSession + hmac + stampLength : undefined;
  const isOpen =
    at !== undefined &&
    bytes.length >= at + 17 &&
    uint8(bytes, at) === 1 &&
    uint32(bytes, at + 1) === 0 &&
    uint32(bytes, at + 13) === 0;
  if (isOpen) return { by: "server", session, answers: hex(bytes, at + 5) };
  const wrapped = afterSession + stampLength + tagLength + 17;
  return length >= wrapped && isNumbered(bytes, afterSession) ? { by: "server", session } : undefined;
}

function hex(bytes: Uint8Array, at: number): string {
  return Buffer.from(bytes.subarray(at, at + 8)).toString("hex");
}
