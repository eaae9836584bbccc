import { encapsulationOf } from "../../encap/tunnel.ts";
import { modes, type Mode } from "../../encap/mode.ts";
import type { Manifest } from "../../kubernetes/render-run.ts";
import { familyOf } from "../../topology/address.ts";
import type { Plan } from "../../topology/plan.ts";
import type { Family } from "../../topology/topology.ts";
import type { LinuxDataplane } from "./linux-dataplane.ts";

/** The networks in which Calico looks for a node's address: the racks, and not the leg by which the node is managed. */
export function detectionCidrs(plan: Plan, family: Family): readonly string[] {
  return plan.topology.subnets.flatMap(({ cidrs }) => cidrs[family] ?? []);
}

/** The operator's word for the mode of a pool of that network; Calico has no IPIP for IPv6. */
export function operatorWord(mode: Mode, cidr: string): string {
  const encapsulation = encapsulationOf(mode, familyOf(cidr));
  const own = modes.find((each) => each.encapsulation === encapsulation && each.policy === mode.policy);
  return encapsulation === "none" ? "None" : (own ?? mode).calicoName;
}

const operatorDataplane = { iptables: "Iptables", nftables: "Nftables", bpf: "BPF" } as const;

/**
 * What the operator shall install: BGP in every mode, because a change of it restarts every calico-node, and neither CSI nor
 * flex volumes, which need images of their own (measured with tigera-operator v1.42.3). With its own API server, without
 * which it changes no pool.
 */
export function renderInstallation(plan: Plan, mode: Mode, linuxDataplane: LinuxDataplane): readonly Manifest[] {
  const detection = plan.families.map((family) => [
    `nodeAddressAutodetectionV${family}`,
    { cidrs: detectionCidrs(plan, family) },
  ]);
  const pools = plan.topology.pools.filter(({ family }) => plan.families.includes(family));
  return [
    {
      apiVersion: "operator.tigera.io/v1",
      kind: "Installation",
      metadata: { name: "default" },
      spec: {
        variant: "Calico",
        kubeletVolumePluginPath: "None",
        flexVolumePath: "None",
        calicoNetwork: {
          bgp: "Enabled",
          linuxDataplane: operatorDataplane[linuxDataplane],
          ...(Object.fromEntries(detection) as Manifest),
          ipPools: pools.map(({ family, cidr, blockSize }) => ({
            name: `default-ipv${family}-ippool`,
            cidr,
            blockSize,
            encapsulation: operatorWord(mode, cidr),
            natOutgoing: "Enabled",
            nodeSelector: "all()",
          })),
        },
        nodeUpdateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: "100%" } },
      },
    },
    { apiVersion: "operator.tigera.io/v1", kind: "APIServer", metadata: { name: "default" }, spec: {} },
  ];
}
