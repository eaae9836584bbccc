import { ipInIpForm, type EncapsulatedForm } from "./form.ts";
import type { IpLayer, Layer } from "./layer.ts";

/** One encapsulation around a packet, with the endpoints that made it. */
export interface Level {
  readonly form: EncapsulatedForm;
  /** Missing where no IP header carries it: a pseudowire, a packet whose outer headers were stripped. */
  readonly source?: string;
  readonly destination?: string;
  /** VNI, GRE key, SPI …; missing where the form has none, or its header is cut. */
  readonly id?: number;
  /** What is inside is encrypted, or its form is not known. */
  readonly opaque: boolean;
  /** Bytes from this level's IP header to the next inner one; missing where one of them is. */
  readonly overhead?: number;
}

/** The encapsulations of a packet, outermost first; [] for plain ones. */
export function levelsOf(layers: readonly Layer[]): readonly Level[] {
  return walkLevels(layers).levels;
}

/** How many layers come before the packet inside of the first `count` encapsulations; missing where there are fewer. */
export function layersBefore(layers: readonly Layer[], count: number): number | undefined {
  return walkLevels(layers).ends[count - 1];
}

const none: { readonly levels: readonly Level[]; readonly ends: readonly number[] } = { levels: [], ends: [] };

function walkLevels(layers: readonly Layer[]): typeof none {
  let found: { levels: Level[]; ends: number[] } | undefined;
  let ip: IpLayer | undefined;
  for (let index = 0; index < layers.length; index += 1) {
    const layer = layers[index];
    if (layer === undefined) break;
    if (layer.kind === "ipv4" || layer.kind === "ipv6") {
      const last = found?.levels.pop();
      if (last !== undefined)
        found?.levels.push(ip === undefined ? last : { ...last, overhead: layer.start - ip.start });
      ip = layer;
    }
    const level = levelOf(layer, ip);
    if (level === undefined) continue;
    found ??= { levels: [], ends: [] };
    found.levels.push(level);
    found.ends.push(index + 1);
  }
  return found ?? none;
}

function levelOf(layer: Layer, ip: IpLayer | undefined): Level | undefined {
  switch (layer.kind) {
    case "vxlan":
      return { form: "vxlan", ...ends(ip), id: layer.vni, opaque: false };
    case "tunnel":
      return {
        form: layer.form,
        ...ends(ip),
        ...(layer.id === undefined ? {} : { id: layer.id }),
        opaque: layer.opaque,
      };
    case "truncated":
      return layer.protocol === "vxlan" ? { form: "vxlan", ...ends(ip), opaque: false } : undefined;
    case "ipv4":
    case "ipv6": {
      const form = ipInIpForm(layer);
      return form === undefined ? undefined : { form, ...ends(layer), opaque: false };
    }
    default:
      return undefined;
  }
}

function ends(ip: IpLayer | undefined): { readonly source?: string; readonly destination?: string } {
  return ip === undefined ? {} : { source: ip.source, destination: ip.destination };
}

const names: Readonly<Partial<Record<EncapsulatedForm, string>>> = {
  ipip: "IPIP",
  ip6ip6: "IPv6 in IPv6",
  vxlan: "VXLAN",
  gre: "GRE",
  gretap: "GRETAP",
  erspan: "ERSPAN",
  geneve: "Geneve",
  "vxlan-gpe": "VXLAN-GPE",
  "invalid-vxlan": "invalid VXLAN",
  "suspected-vxlan": "suspected VXLAN",
  wireguard: "WireGuard",
  esp: "ESP",
  ah: "AH",
  l2tp: "L2TP",
  gtp: "GTP",
  lisp: "LISP",
  gue: "GUE",
  stt: "STT",
  "mpls-in-udp": "MPLS in UDP",
  "mpls-in-ip": "MPLS in IP",
  "ip-in-udp": "IP in UDP",
  teredo: "Teredo",
  etherip: "EtherIP",
  openvpn: "OpenVPN",
  capwap: "CAPWAP",
  amt: "AMT",
  tzsp: "TZSP",
  jmirror: "Juniper mirror",
  ayiya: "AYIYA",
  zerotier: "ZeroTier",
  nebula: "Nebula",
  weave: "Weave sleeve",
  "other-tunnel": "another tunnel",
};

/** The usual name of a form: "VXLAN", "GRE". */
export function encapsulationName(form: EncapsulatedForm): string {
  return names[form] ?? form;
}

/** Whether a form has a virtual network identifier, which both directions share. */
export function hasVni(form: EncapsulatedForm): boolean {
  return form === "vxlan" || form === "geneve" || form === "vxlan-gpe" || form.endsWith("-vxlan");
}

/** A level's id as people write it: "4096", "key 42", "spi 0x00001001"; "" where there is none. */
export function idText({ form, id }: Level): string {
  if (id === undefined) return "";
  if (hasVni(form)) return String(id);
  switch (form) {
    case "gre":
    case "gretap":
      return `key ${id}`;
    case "esp":
    case "ah":
      return `spi 0x${id.toString(16).padStart(8, "0")}`;
    case "gtp":
      return `teid ${id}`;
    case "lisp":
      return `instance ${id}`;
    default:
      return `session ${id}`;
  }
}
