import { createHash, createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { InventoryHost } from "./inventory.ts";

/** What is known of a host's key before it is seen. */
export interface HostKeyRule {
  /** Key types (`ssh-ed25519`) to ask the server for first, because keys of them are known. */
  readonly types: readonly string[];
  /** "known", "unknown" where nothing is known of this host, or "wrong". */
  judge(key: Buffer): "known" | "unknown" | "wrong";
}

/** `SHA256:…` as ssh-keygen -l prints it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
}

/** The type that a public key blob begins with (RFC 4253, section 6.6). */
export function keyType(key: Buffer): string {
  return key.subarray(4, 4 + key.readUInt32BE(0)).toString("latin1");
}

/** The rule for a host: the inventory's key where there is one, otherwise that of the known_hosts files. */
export async function hostKeyRule(host: InventoryHost, knownHosts: readonly string[]): Promise<HostKeyRule> {
  if (host.hostKey?.startsWith("SHA256:") === true) {
    const wanted = host.hostKey.replace(/=+$/, "");
    return { types: [], judge: (key) => (fingerprint(key) === wanted ? "known" : "wrong") };
  }
  if (host.hostKey !== undefined) {
    const [type = "", blob = ""] = host.hostKey.split(" ");
    return ruleOf([{ type, key: Buffer.from(blob, "base64"), revoked: false }]);
  }
  const texts = await Promise.all(knownHosts.map((file) => readFile(file, "utf8").catch(() => "")));
  return ruleOf(texts.flatMap((text) => knownKeys(text, host.address, host.port)));
}

/** A key that known_hosts holds for a host. */
export interface KnownKey {
  readonly type: string;
  readonly key: Buffer;
  readonly revoked: boolean;
}

/** The keys of a host in the text of a known_hosts file (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"). */
export function knownKeys(text: string, address: string, port: number): readonly KnownKey[] {
  const name = port === 22 ? address : `[${address}]:${port}`;
  return text.split("\n").flatMap((line) => {
    const words = line.trim().split(/\s+/);
    const marker = words[0]?.startsWith("@") === true ? words.shift() : undefined;
    const [patterns = "", type = "", blob = ""] = words;
    // Signatures by authorities are not checked; such a line makes no key known.
    if (patterns.startsWith("#") || blob === "" || marker === "@cert-authority") return [];
    if (!names(patterns, name.toLowerCase())) return [];
    return [{ type, key: Buffer.from(blob, "base64"), revoked: marker === "@revoked" }];
  });
}

function names(patterns: string, name: string): boolean {
  const [empty, version, salt, hash] = patterns.split("|");
  if (empty === "" && version === "1" && salt !== undefined) {
    return createHmac("sha1", Buffer.from(salt, "base64")).update(name).digest("base64") === hash;
  }
  const list = patterns.toLowerCase().split(",");
  const isMatch = (pattern: string): boolean => wildcard(pattern).test(name);
  return list.some(isMatch) && !list.some((pattern) => pattern.startsWith("!") && isMatch(pattern.slice(1)));
}

function wildcard(pattern: string): RegExp {
  const source = pattern
    .replaceAll(/[^a-z0-9*?]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`);
}

function ruleOf(keys: readonly KnownKey[]): HostKeyRule {
  const good = keys.filter(({ revoked }) => !revoked);
  return {
    types: [...new Set(good.map(({ type }) => type))],
    judge: (key) => {
      if (keys.some((known) => known.revoked && known.key.equals(key))) return "wrong";
      if (good.some((known) => known.key.equals(key))) return "known";
      return good.length === 0 ? "unknown" : "wrong";
    },
  };
}
