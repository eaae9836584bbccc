import { join } from "node:path";
import type { Plan, PlannedNode } from "../../topology/plan.ts";
import type { Family } from "../../topology/topology.ts";
import type { CalicoFiles } from "./calico-source.ts";
import { isBefore } from "./is-before.ts";
import { etcdEndpoint } from "./management.ts";
import type { Service } from "../process/supervise.ts";

/** A node's Calico: which files it runs, and in which folder its state lives. */
export interface NodeCalico {
  readonly node: string;
  readonly plan: Plan;
  readonly files: CalicoFiles;
  /** See nodeFolder. */
  readonly folder: string;
  /** Whether BIRD and confd run beside Felix: routes of IPIP and unencapsulated pools come by BGP. */
  readonly bgp: boolean;
  readonly rules: RuleBackend;
  /** Release of Calico: "v3.32.1". */
  readonly version: string;
  /** Whether the node is a machine, whose kernel has the old tables of iptables as modules that nothing loads. */
  readonly machine: boolean;
  /** How many times longer everything may take than on this host's own processors: emulated ones start large programs slowly. */
  readonly patience: number;
}

/** What Felix writes its rules with; both are Calico's, and both occur in the field. */
export type RuleBackend = "iptables" | "nftables";

/** Path of the script that leads into a node's Calico; see renderEntrance. */
export function entrance({ folder }: Pick<NodeCalico, "folder">): string {
  return join(folder, "bin", "enter");
}

/** A command of Calico's on a node, in its private mounts and with its environment. */
export function nodeCommand(calico: Pick<NodeCalico, "folder">, argv: readonly string[]): readonly string[] {
  return [entrance(calico), ...argv];
}

/** The programs that keep running on a node: those of the node image's runit for its backend. */
export function nodeServices(calico: NodeCalico): readonly Service[] {
  const service = (name: string, ...argv: readonly string[]): Service => ({ name, argv: nodeCommand(calico, argv) });
  const { calicoNode } = calico.files;
  const others = hasNodeServices(calico.version)
    ? ["node-services"]
    : ["monitor-addresses", "allocate-tunnel-addrs", "status-reporter"];
  return [service("felix", calicoNode, "-felix"), ...others.map((name) => service(name, calicoNode, `-${name}`))];
}

/** From v3.32 one process does what were services of their own before (node/filesystem/etc/service/available of calico). */
function hasNodeServices(version: string): boolean {
  return !isBefore(version, 3, 32);
}

/** The programs of the BGP side; none where the release has no BIRD. */
export function bgpServices(calico: NodeCalico): readonly Service[] {
  const { files, plan } = calico;
  const { bgp, calicoNode } = files;
  if (bgp === undefined) return [];
  const service = (name: string, ...argv: readonly string[]): Service => ({ name, argv: nodeCommand(calico, argv) });
  const bird = (name: string, program: string): Service =>
    service(
      name,
      program,
      "-R",
      "-s",
      `/var/run/calico/${name}.ctl`,
      "-d",
      "-c",
      `/etc/calico/confd/config/${name}.cfg`,
    );
  return [
    service("confd", calicoNode, "-confd"),
    bird("bird", bgp.bird),
    ...(plan.families.includes(6) ? [bird("bird6", bgp.bird6)] : []),
  ];
}

/**
 * Environment of every program of a node, as measured to suffice without Kubernetes. The pool comes from the datastore
 * and never from here, so that a change of mode is a change of one resource.
 */
export function nodeEnvironment({
  node,
  plan,
  folder,
  bgp,
  rules,
  machine,
}: NodeCalico): Readonly<Record<string, string>> {
  const planned = plan.nodes.find(({ name }) => name === node);
  const six = plan.families.includes(6);
  return {
    PATH: `${join(folder, "bin")}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    DATASTORE_TYPE: "etcdv3",
    ETCD_ENDPOINTS: etcdEndpoint,
    NODENAME: node,
    WAIT_FOR_DATASTORE: "true",
    IP: registered(plan, planned, 4),
    IP6: registered(plan, planned, 6),
    ...autodetection(plan),
    NO_DEFAULT_POOLS: "true",
    CALICO_NETWORKING_BACKEND: bgp ? "bird" : "vxlan",
    CALICO_DISABLE_FILE_LOGGING: "true",
    CALICO_MANAGE_CNI: "false",
    FELIX_DATASTORETYPE: "etcdv3",
    FELIX_ETCDENDPOINTS: etcdEndpoint,
    FELIX_FELIXHOSTNAME: node,
    FELIX_IPV6SUPPORT: String(six),
    FELIX_HEALTHENABLED: "true",
    FELIX_NFTABLESMODE: rules === "nftables" ? "Enabled" : "Disabled",
    // "Auto" takes the legacy tables where it finds no rules, and then waits for them for ever.
    ...(machine ? { FELIX_IPTABLESBACKEND: "NFT" } : {}),
    FELIX_LOGFILEPATH: "none",
    FELIX_LOGSEVERITYSYS: "none",
    FELIX_USAGEREPORTINGENABLED: "false",
    // Pods may talk to their node: the lab asks for it (pod-to-host), and the default would drop it.
    FELIX_DEFAULTENDPOINTTOHOSTACTION: "ACCEPT",
    // Felix would otherwise look for BPF programs of Calico's on the cgroups of this machine, which are not the lab's.
    FELIX_DebugSkipCTLBCleanup: "true",
  };
}

/** Address with the prefix to register; "none" keeps start-up from looking for one. */
function registered(plan: Plan, planned: PlannedNode | undefined, family: Family): string {
  if (planned === undefined || !plan.families.includes(family)) return "none";
  if (plan.topology.autodetection?.[family] !== undefined) return "autodetect";
  const asked = plan.topology.nodes.find(({ name }) => name === planned.name)?.registered[family];
  return asked ?? planned.uplink.addresses[family] ?? "none";
}

function autodetection({ topology: { autodetection: methods = {} } }: Plan): Readonly<Record<string, string>> {
  return {
    ...(methods[4] === undefined ? {} : { IP_AUTODETECTION_METHOD: methods[4] }),
    ...(methods[6] === undefined ? {} : { IP6_AUTODETECTION_METHOD: methods[6] }),
  };
}
