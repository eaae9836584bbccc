import { contains, familyOf, isAddress, isCidr, withoutPrefix } from "./address.ts";
import type { Family, TopologyNode } from "./topology.ts";

/** A method of Calico's start-up to find a node's address (node/pkg/lifecycle/startup/autodetection). */
export type Autodetection =
  | { readonly kind: "first-found" | "kubernetes-internal-ip" }
  | { readonly kind: "can-reach"; readonly target: string }
  | { readonly kind: "interface" | "skip-interface"; readonly patterns: readonly RegExp[] }
  | { readonly kind: "cidr"; readonly networks: readonly string[] };

/** Reads IP_AUTODETECTION_METHOD; undefined where Calico would refuse it, or where it is of another family. */
export function parseAutodetection(text: string, family: Family): Autodetection | undefined {
  if (text === "first-found" || text === "kubernetes-internal-ip") return { kind: text };
  const [, kind, value = ""] = /^(can-reach|interface|skip-interface|cidr)=(.+)$/.exec(text) ?? [];
  const words = value.split(/\s*,\s*/);
  switch (kind) {
    case "can-reach":
      return isAddress(value) && familyOf(value) === family ? { kind, target: value } : undefined;
    case "cidr":
      return words.every((word) => isCidr(word) && familyOf(word) === family) ? { kind, networks: words } : undefined;
    case "interface":
    case "skip-interface": {
      const patterns = words.flatMap((word) => pattern(word) ?? []);
      return patterns.length === words.length ? { kind, patterns } : undefined;
    }
    default:
      return undefined;
  }
}

/** What a method finds on a node. */
export interface DetectedAddress {
  readonly device: string;
  readonly subnet: string;
  /** With the interface's prefix. */
  readonly address: string;
}

/**
 * The address that a method finds on a node of the topology; undefined where it finds none and start-up would fail. Calico walks the
 * devices in reverse order (interfaces.go), so that of several the last is "first found".
 */
export function detectAddress(method: string, node: TopologyNode, family: Family): DetectedAddress | undefined {
  const parsed = parseAutodetection(method, family);
  const devices = devicesOf(node, family);
  const [uplink] = devices;
  const last = (fits: (device: DetectedAddress) => boolean): DetectedAddress | undefined => devices.findLast(fits);
  const named = ({ device }: DetectedAddress, patterns: readonly RegExp[]): boolean =>
    patterns.some((one) => one.test(device));
  switch (parsed?.kind) {
    case "first-found":
      return last(() => true);
    case "kubernetes-internal-ip":
      // The kubelet's node-ip, which a lab sets to the uplink's.
      return uplink;
    case "can-reach":
      // What no network of the node's holds leaves by its default route, which leads out of the uplink.
      return last(({ address }) => contains(address, parsed.target)) ?? uplink;
    case "interface":
      return last((device) => named(device, parsed.patterns));
    case "skip-interface":
      return last((device) => !named(device, parsed.patterns));
    case "cidr":
      return last(({ address }) => parsed.networks.some((network) => contains(network, withoutPrefix(address))));
    default:
      return undefined;
  }
}

/** Names of a node's devices: its uplink's, and those of its further networks; `eth0.100` where it is a VLAN of its card. */
export function deviceName(index: number, vlan?: number): string {
  return vlan === undefined ? `eth${index}` : `eth${index}.${vlan}`;
}

function devicesOf(node: TopologyNode, family: Family): readonly DetectedAddress[] {
  const networks = [node, ...(node.networks ?? [])];
  return networks.flatMap(({ subnet, addresses, vlan }, index) => {
    const address = addresses[family];
    return address === undefined ? [] : [{ device: deviceName(index, vlan), subnet, address }];
  });
}

function pattern(text: string): RegExp | undefined {
  try {
    return new RegExp(text);
  } catch {
    return undefined;
  }
}
