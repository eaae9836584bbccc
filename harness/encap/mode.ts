/** How pod traffic is carried between nodes where the policy asks for it. */
export type Encapsulation = "none" | "ipip" | "vxlan";

/** When it is asked for: never, only to nodes in another subnet, or always. */
type Policy = "Never" | "CrossSubnet" | "Always";

/** The names of the modes in commands, paths and results: five for all pools alike, and that in which each pool has its own. */
export const modeIds = [
  "none",
  "ipip-always",
  "ipip-cross-subnet",
  "vxlan-always",
  "vxlan-cross-subnet",
  "pools",
] as const;
export type ModeId = (typeof modeIds)[number];

/** What a run puts a lab into: one mode for all pools, or what each pool says for itself. */
export interface Mode {
  readonly id: ModeId;
  readonly encapsulation: Encapsulation | "by pool";
  readonly policy: Policy | "by pool";
  /** Calico's own word for it in Installation.spec.calicoNetwork.ipPools[].encapsulation. */
  readonly calicoName: "None" | "IPIP" | "IPIPCrossSubnet" | "VXLAN" | "VXLANCrossSubnet" | "pools";
}

/** The mode of one pool: encapsulation × policy. */
export interface PoolMode extends Mode {
  readonly encapsulation: Encapsulation;
  readonly policy: Policy;
}

/** The five modes that Calico knows, in the order in which they run and are printed. */
export const modes: readonly PoolMode[] = [
  { id: "none", encapsulation: "none", policy: "Never", calicoName: "None" },
  { id: "ipip-always", encapsulation: "ipip", policy: "Always", calicoName: "IPIP" },
  { id: "ipip-cross-subnet", encapsulation: "ipip", policy: "CrossSubnet", calicoName: "IPIPCrossSubnet" },
  { id: "vxlan-always", encapsulation: "vxlan", policy: "Always", calicoName: "VXLAN" },
  { id: "vxlan-cross-subnet", encapsulation: "vxlan", policy: "CrossSubnet", calicoName: "VXLANCrossSubnet" },
];

/** Each pool as the topology says of it. */
export const poolsMode: Mode = { id: "pools", encapsulation: "by pool", policy: "by pool", calicoName: "pools" };
