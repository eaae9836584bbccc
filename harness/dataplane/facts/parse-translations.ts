/** An IPv4 or IPv6 address. */
const address = String.raw`([0-9a-f]*[.:][0-9a-f.:]+)`;

/** How rules name the address that they translate: nft(8), its maps, and iptables-save(8). */
const names: readonly RegExp[] = [
  new RegExp(String.raw`\bdaddr ${address}.*(?:KUBE-SVC|dnat)`),
  new RegExp(String.raw`-d ${address}(?:/\d+)? .*-j (?:KUBE-SVC|DNAT)`),
];

/** Elements of maps: `10.96.0.1 . tcp . 443 : goto service-…` of kube-proxy, `198.19.192.1 . 80 : 198.19.0.1 . 8080` of a lab. */
const element = new RegExp(String.raw`${address} \. (?:(?:tcp|udp) \. )?[0-9a-z-]+ : (?:goto |[0-9a-f])`, "g");

/** The addresses that rules of nftables or iptables give another destination, each once. */
export function parseTranslations(rules: string): readonly string[] {
  const found = rules
    .split("\n")
    .flatMap((line) => [
      ...names.flatMap((name) => name.exec(line)?.[1] ?? []),
      ...[...line.matchAll(element)].flatMap(([, own]) => own ?? []),
    ]);
  return [...new Set(found)];
}

/** The same with the address that follows. */
const pairs: readonly RegExp[] = [
  new RegExp(String.raw`${address} \. (?:(?:tcp|udp) \. )?[0-9a-z-]+ : ${address}`, "g"),
  new RegExp(String.raw`\bdaddr ${address}.*\bdnat (?:ip6? )?to \[?${address}`, "g"),
  new RegExp(String.raw`-d ${address}(?:/\d+)? .*--to-destination \[?${address}`, "g"),
];

/** A choice among several by chance: `daddr 198.19.192.1 … dnat ip to numgen random mod 2 map { 0 : 198.19.0.1 . 8080, 1 : … }`. */
const choice = new RegExp(String.raw`\bdaddr ${address}.*\bdnat .*\bmap \{ (.*) \}`);
const chosen = new RegExp(String.raw`\d+ : ${address} \. `, "g");

/** Where rules of nftables or iptables lead each address: lines that name both. A port behind an IPv4 address is left out. */
export function parseBackends(rules: string): Readonly<Record<string, readonly string[]>> {
  const found = rules
    .split("\n")
    .flatMap((line) => [...pairs.flatMap((pair) => [...line.matchAll(pair)]), ...choicesIn(line)]);
  const backends: Record<string, string[]> = {};
  for (const [, from = "", to = ""] of found) {
    const backend = to.includes(".") ? to.replace(/:.*/, "") : to;
    const known = (backends[from] ??= []);
    if (!known.includes(backend)) known.push(backend);
  }
  return backends;
}

/** The address that a rule translates, and the port behind the address that follows. */
const ported: readonly RegExp[] = [
  new RegExp(String.raw`${address} \. (?:(?:tcp|udp) \. )?[0-9a-z-]+ : ${address} \. (\d+)`, "g"),
  new RegExp(String.raw`\bdaddr ${address}.*\bdnat (?:ip6? )?to (\[[0-9a-f:]+\]|[0-9.]+):(\d+)`, "g"),
  new RegExp(String.raw`-d ${address}(?:/\d+)? .*--to-destination (\[[0-9a-f:]+\]|[0-9.]+):(\d+)`, "g"),
];

/** The ports to which rules of nftables or iptables lead each address, where one line names both. */
export function parseBackendPorts(rules: string): Readonly<Record<string, readonly number[]>> {
  const found = rules.split("\n").flatMap((line) => ported.flatMap((pattern) => [...line.matchAll(pattern)]));
  const ports: Record<string, number[]> = {};
  for (const [, from = "", , port = ""] of found) {
    const known = (ports[from] ??= []);
    if (!known.includes(Number(port))) known.push(Number(port));
  }
  return ports;
}

function choicesIn(line: string): readonly (readonly string[])[] {
  const [, from = "", places = ""] = choice.exec(line) ?? [];
  return [...places.matchAll(chosen)].map(([whole, to = ""]) => [whole, from, to]);
}
