/** What stands where a secret stood. */
const redacted = "[redacted]";

/** Text without private keys, tokens, passwords and kubeconfig credentials; everything printed or stored passes here. */
export function redact(text: string): string {
  return rules.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), text);
}

/** A value of which every string is redacted; blocks of lines are redacted as one text, so that a key over several lines goes too. */
export function redactValue<T>(value: T): T {
  if (typeof value !== "object" || value === null) return deep(value) as T;
  const known = clean.get(value) ?? deep(value);
  clean.set(value, known as object);
  return known as T;
}

/** What came of values: each report redacts the same record, of which a large run has megabytes; nobody changes it. */
const clean = new WeakMap<object, object>();

/** Keeps the name and the separator, hides the value. */
const kept = `$1$2${redacted}`;

/** Order matters: a whole key block goes before its lines can look like something else. */
const rules: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, redacted],
  [
    /\b((?:client-key|client-certificate|token)-data|(?:id|refresh)-token)(["']?[ \t]*[:=][ \t]*["']?)[^\s"',}]+/gi,
    kept,
  ],
  [/\b(Bearer|Basic)([ \t]+)[A-Za-z0-9._~+/=-]{6,}/gi, kept],
  [/(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*)(:)[^\s/@]+(?=@)/gi, kept],
  [
    /((?:^|[\s"'_-])(?:token|password|passwd|secret|api[_-]?key|access[_-]?key)["']?)([ \t]*[:=][ \t]*["']?)[^\s"',;&]+/gi,
    kept,
  ],
  [/(--(?:[a-z-]+-)?(?:token|password|secret))([ \t]+["']?)[^\s"']+/gi, kept],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, redacted],
  [/\b(?:ghp|gho|ghs|ghu|glpat|xox[abp])[_-][\w-]{16,}/g, redacted],
];

const secretKey = /^(?:.*[-_])?(?:token|password|passwd|secret|apikey|api[-_]key|private[-_]?key)$/i;

function deep(value: unknown): unknown {
  if (typeof value === "string") return redact(value);
  if (isLines(value)) return redactLines(value);
  if (Array.isArray(value)) return value.map(deep);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, field(key, item)]));
}

function field(key: string, value: unknown): unknown {
  return typeof value === "string" && secretKey.test(key) ? redacted : deep(value);
}

function isLines(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function redactLines(lines: readonly string[]): readonly string[] {
  const text = lines.join("\n");
  const hidden = redact(text);
  return hidden === text ? lines : hidden.split("\n");
}
