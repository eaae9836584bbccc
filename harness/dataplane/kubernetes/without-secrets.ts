const removed = "REMOVED";

/** Takes out what must not leave a cluster: certificates and keys, tokens, passwords, and whole objects in annotations. */
export function withoutSecrets(text: string): string {
  return text
    .replaceAll(/-----BEGIN [A-Z ]+-----[\s\S]*?-----END [A-Z ]+-----/g, removed)
    .replaceAll(/\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*/g, removed)
    .replaceAll(/\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${removed}`)
    .replaceAll(
      /^(\s*(?:[\w.-]*(?:token|password|secret|client-key-data|client-certificate-data|caBundle))["']?\s*[:=]\s*)\S.*$/gim,
      `$1${removed}`,
    )
    .replaceAll(/^(\s*kubectl\.kubernetes\.io\/last-applied-configuration:).*(?:\n\s+\{.*)?/gm, `$1 ${removed}`);
}
