import type { Mode } from "../../encap/mode.ts";
import type { Lab, LabNode } from "../../lab/lab.ts";
import type { PodAllocation } from "../../topology/plan.ts";
import type { TestedFile } from "../../lab/tested-file.ts";
import type { Network, RunningPod } from "../dataplane.ts";
import { namespacePod } from "../namespace-pod.ts";
import type { CalicoFiles } from "./calico-source.ts";
import { patienceWith } from "../convergence/patience.ts";
import { nodeFolder } from "./lab-folder.ts";
import { needsBgp } from "./missing.ts";
import type { NodeCalico, RuleBackend } from "./node-command.ts";

/** Which Calico all nodes of a lab run, and how. */
export interface Release {
  readonly files: CalicoFiles;
  readonly rules: RuleBackend;
  /** "v3.32.1". */
  readonly version: string;
  /** Release of its BIRD: "v0.3.3+birdv1.6.8"; missing where it has none. */
  readonly bird?: string;
  /** The programs, and the archive that they came in, by content. */
  readonly tested: readonly TestedFile[];
  /** Nodes that run another release, by name, as in the middle of a rolling upgrade. */
  readonly others?: ReadonlyMap<string, Release>;
}

/** What reports call a lab with this release, and what of its network is not Calico's own: there is no kube-proxy. */
function titleOf({ version, others = new Map() }: Pick<Release, "version" | "others">): string {
  const different = [...others].map(([node, other]) => `${other.version} on ${node}`);
  const mixed = different.length === 0 ? "" : `, ${different.join(", ")}`;
  return `Calico ${version}${mixed} (ClusterIP by rules of the lab's own)`;
}

/** What a lab with this release is called, and the versions and files that stand behind the name. */
export function namesOf(release: Release): Required<Pick<Network, "title" | "versions" | "tested">> {
  const { version, bird, others = new Map<string, Release>() } = release;
  const different = [...others].map(([node, other]) => [`calico on ${node}`, other.version] as const);
  const versions = { calico: version, ...Object.fromEntries(different), ...(bird === undefined ? {} : { BIRD: bird }) };
  return { title: titleOf(release), versions, tested: testedIn(release) };
}

function testedIn({ tested, others = new Map() }: Release): readonly TestedFile[] {
  return [tested, ...[...others.values()].map((other) => other.tested)].flat();
}

/** What a node of a lab runs in a mode. */
export function nodeCalico(lab: Lab, { name }: LabNode, release: Release, mode: Mode): NodeCalico {
  const { files, rules, version } = release.others?.get(name) ?? release;
  const patience = patienceWith(lab);
  return {
    node: name,
    patience,
    plan: lab.plan,
    files: filesOn(lab, files),
    folder: nodeFolder(lab, name),
    bgp: needsBgp(mode, lab.plan),
    rules,
    version,
    machine: lab.machines !== undefined,
  };
}

/** Where the nodes of a lab find a release: machines have it as their payload. */
function filesOn({ machines }: Lab, files: CalicoFiles): CalicoFiles {
  return machines?.payload === undefined ? files : { ...files, root: machines.payload };
}

/** The plan's pods of one node; their addresses are IPAM's to choose. */
export function plannedPods(lab: Lab, node: string): readonly PodAllocation[] {
  return lab.plan.allocation.pods.filter((pod) => pod.node === node);
}

/** All pods of a lab as executors. */
export function runningPods(lab: Lab): readonly RunningPod[] {
  return lab.nodes.flatMap((node) => plannedPods(lab, node.name).map(({ pod }) => namespacePod(node, pod)));
}
