import type { LinkFact } from "../dataplane/node-facts.ts";

/** What keeps a device from hearing its neighbors. */
interface Deafness {
  readonly what: "arp" | "master";
  readonly text: string;
}

/** That a device speaks no ARP, or is a part of a bridge, bond or VRF, which takes its packets. */
export function deafnessOf({ device, noArp, master }: LinkFact): readonly Deafness[] {
  return [
    ...(noArp === true ? [{ what: "arp", text: `${device} neither asks nor answers ARP (arp off)` } as const] : []),
    ...(master === undefined
      ? []
      : [{ what: "master", text: `${device} is a part of ${master}, which takes its packets` } as const]),
  ];
}
