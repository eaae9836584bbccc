import { createHash, createPublicKey, sign, verify, type KeyObject } from "node:crypto";
import { z } from "zod";
import { UsageError } from "../core/errors.ts";

/** A DSSE envelope (secure-systems-lab/dsse, protocol v1): a payload with signatures over its type and its bytes. */
export interface Envelope {
  readonly payloadType: string;
  /** Base64. */
  readonly payload: string;
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
}

/** The type of an in-toto statement in an envelope. */
const statementType = "application/vnd.in-toto+json";

/** Signs a statement with an Ed25519 key. */
export function sealStatement(statement: unknown, key: KeyObject): Envelope {
  requireEd25519(key);
  const payload = Buffer.from(JSON.stringify(statement));
  const sig = sign(null, preAuthEncoding(statementType, payload), key).toString("base64");
  return {
    payloadType: statementType,
    payload: payload.toString("base64"),
    signatures: [{ keyid: keyIdOf(createPublicKey(key)), sig }],
  };
}

/** Whether one of the signatures is of that key. */
export function isSealedBy({ payloadType, payload, signatures }: Envelope, key: KeyObject): boolean {
  requireEd25519(key);
  const message = preAuthEncoding(payloadType, Buffer.from(payload, "base64"));
  return signatures.some(({ sig }) => verify(null, message, key, Buffer.from(sig, "base64")));
}

/** Reads an envelope; undefined where the text is none, or holds no in-toto statement. */
export function parseEnvelope(text: string): { readonly envelope: Envelope; readonly statement: unknown } | undefined {
  try {
    const envelope = schema.parse(JSON.parse(text));
    return { envelope, statement: JSON.parse(Buffer.from(envelope.payload, "base64").toString()) as unknown };
  } catch {
    return undefined;
  }
}

/** The bytes that are signed (DSSE protocol, "PAE"): type and payload with their lengths, so that neither can pass for the other. */
function preAuthEncoding(type: string, payload: Buffer): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

/** SHA-256 of the public key's DER (SubjectPublicKeyInfo): a hint at which key to try, no proof. */
function keyIdOf(key: KeyObject): string {
  return createHash("sha256")
    .update(key.export({ type: "spki", format: "der" }))
    .digest("hex");
}

function requireEd25519({ asymmetricKeyType }: KeyObject): void {
  if (asymmetricKeyType === "ed25519") return;
  throw new UsageError(`the key is ${asymmetricKeyType ?? "no key pair"}, and Ed25519 is needed`, {
    fix: "make one: openssl genpkey -algorithm ed25519 -out KEY.pem; openssl pkey -in KEY.pem -pubout -out PUBLIC.pem",
  });
}

const schema = z
  .object({
    payloadType: z.literal(statementType),
    payload: z.base64(),
    signatures: z
      .array(z.object({ keyid: z.string(), sig: z.base64() }).readonly())
      .min(1)
      .readonly(),
  })
  .readonly();
