import { LabError } from "../../core/errors.ts";
import type { Mode } from "../../encap/mode.ts";
import { poolModes } from "../../kubernetes/ip-pools.ts";
import type { Manifest } from "../../kubernetes/render-run.ts";
import type { Plan } from "../../topology/plan.ts";
import type { Family } from "../../topology/topology.ts";
import type { LinuxDataplane } from "./linux-dataplane.ts";
import { detectionCidrs } from "./render-installation.ts";

interface EnvEntry {
  readonly name: string;
  readonly value?: string;
}

/**
 * Calico's manifest for a plan and the mode to start in. The backend is BIRD in every mode: with it the routes of VXLAN pools
 * are Felix's all the same, and a cluster can be switched through all modes. Pools are made from the
 * environment at the first start only; later modes are patches of the pool.
 */
export function adaptManifest(
  objects: readonly Manifest[],
  plan: Plan,
  mode: Mode,
  linuxDataplane: LinuxDataplane,
): readonly Manifest[] {
  const daemon = objects.find((object) => isNamed(object, "DaemonSet", "calico-node"));
  const config = objects.find((object) => isNamed(object, "ConfigMap", "calico-config"));
  if (daemon === undefined || config === undefined) {
    throw new LabError("calico.yaml has no DaemonSet calico-node or no ConfigMap calico-config", {
      fix: "give the folder manifests/ of an unchanged release by --calico-manifests DIR",
    });
  }
  const env = environment(plan, mode, linuxDataplane);
  return objects.map((object) =>
    object === daemon ? adaptDaemon(daemon, env) : object === config ? adaptConfig(config, plan) : object,
  );
}

function isNamed(object: Manifest, kind: string, name: string): boolean {
  return object.kind === kind && (object.metadata as { name?: string } | undefined)?.name === name;
}

/** Settings of calico-node (node/pkg/startup). */
function environment(plan: Plan, mode: Mode, linuxDataplane: LinuxDataplane): readonly EnvEntry[] {
  const cidrs = (family: Family): string => detectionCidrs(plan, family).join(",");
  const perFamily = plan.families.flatMap((family): readonly (readonly [string, string])[] => {
    const pool = plan.topology.pools.find((candidate) => candidate.family === family);
    const six = family === 6 ? "6" : "";
    const { ipipMode, vxlanMode } = poolModes(mode, family);
    return [
      [`IP${six}`, "autodetect"],
      [`IP${six}_AUTODETECTION_METHOD`, `cidr=${cidrs(family)}`],
      [`CALICO_IPV${family}POOL_CIDR`, pool?.cidr ?? ""],
      [`CALICO_IPV${family}POOL_BLOCK_SIZE`, String(pool?.blockSize ?? "")],
      [`CALICO_IPV${family}POOL_VXLAN`, vxlanMode],
      [`CALICO_IPV${family}POOL_NAT_OUTGOING`, "true"],
      ...(family === 4 ? [["CALICO_IPV4POOL_IPIP", ipipMode] as const] : [["FELIX_IPV6SUPPORT", "true"] as const]),
    ];
  });
  const without4 = plan.families.includes(4) ? [] : [["IP", "none"] as const];
  const rules = {
    iptables: [],
    nftables: [["FELIX_NFTABLESMODE", "Enabled"] as const],
    bpf: [["FELIX_BPFENABLED", "true"] as const],
  }[linuxDataplane];
  return [...without4, ...perFamily, ...rules].map(([name, value]) => ({ name, value }));
}

interface Daemon {
  readonly spec: {
    readonly updateStrategy?: object;
    readonly template: {
      readonly spec: {
        readonly containers: readonly { readonly name: string; readonly env?: readonly EnvEntry[] }[];
      };
    };
  };
}

/** Sets the environment, and lets all nodes be updated at once: one after the other takes four times as long on four. */
function adaptDaemon(object: Manifest, env: readonly EnvEntry[]): Manifest {
  const { spec } = object as unknown as Daemon;
  const { template } = spec;
  const names = new Set(env.map(({ name }) => name));
  const containers = template.spec.containers.map((container) =>
    container.name !== "calico-node"
      ? container
      : { ...container, env: [...(container.env ?? []).filter(({ name }) => !names.has(name)), ...env] },
  );
  return {
    ...object,
    spec: {
      ...spec,
      updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: "100%" } },
      template: { ...template, spec: { ...template.spec, containers } },
    },
  };
}

/** IPv4 is what the CNI plugin gives without being told. */
function adaptConfig(object: Manifest, { families }: Plan): Manifest {
  const data = object.data as Readonly<Record<string, string>>;
  const assign = `"type": "calico-ipam", "assign_ipv4": "${families.includes(4)}", "assign_ipv6": "${families.includes(6)}"`;
  const network = (data.cni_network_config ?? "").replace(/"type":\s*"calico-ipam"/, assign);
  return { ...object, data: { ...data, calico_backend: "bird", cni_network_config: network } };
}
