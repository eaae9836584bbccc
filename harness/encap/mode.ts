/** How pod traffic is carried between nodes where the policy asks for it. */
export type Encapsulation = "none" | "ipip" | "vxlan";

/** When it is asked for: never, only to nodes in another subnet, or always. */
export type Policy = "Never" | "CrossSubnet" | "Always";

/** The names of the five modes in commands, paths and results. */
export const modeIds = ["none", "ipip-always", "ipip-cross-subnet", "vxlan-always", "vxlan-cross-subnet"] as const;
export type ModeId = (typeof modeIds)[number];

/** A mode: encapsulation × policy. */
export interface Mode {
  readonly id: ModeId;
  readonly encapsulation: Encapsulation;
  readonly policy: Policy;
  /** Calico's own word for it in Installation.spec.calicoNetwork.ipPools[].encapsulation. */
  readonly calicoName: "None" | "IPIP" | "IPIPCrossSubnet" | "VXLAN" | "VXLANCrossSubnet";
}

/** The five modes that Calico knows, in the order in which they run and are printed. */
export const modes: readonly Mode[] = [
  { id: "none", encapsulation: "none", policy: "Never", calicoName: "None" },
  { id: "ipip-always", encapsulation: "ipip", policy: "Always", calicoName: "IPIP" },
  { id: "ipip-cross-subnet", encapsulation: "ipip", policy: "CrossSubnet", calicoName: "IPIPCrossSubnet" },
  { id: "vxlan-always", encapsulation: "vxlan", policy: "Always", calicoName: "VXLAN" },
  { id: "vxlan-cross-subnet", encapsulation: "vxlan", policy: "CrossSubnet", calicoName: "VXLANCrossSubnet" },
];
