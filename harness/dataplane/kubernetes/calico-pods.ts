import { LabError } from "../../core/errors.ts";
import { getObjects, type ClusterAccess } from "../../kubernetes/access.ts";
import { calicoNodeLabel } from "../../kubernetes/calico-node.ts";
import type { PodAddress } from "../../kubernetes/pod-executor.ts";
import type { PodObject } from "../../kubernetes/pod-state.ts";
import type { TestedFile } from "../../lab/tested-file.ts";

/** The pods of calico-node, wherever it is installed. */
export function calicoPods(access: ClusterAccess): Promise<readonly PodObject[]> {
  return getObjects<PodObject>(access, ["pods", "-A", "-l", calicoNodeLabel]);
}

/** The pod of calico-node on a node of the cluster; LabError where there is none. */
export function calicoPodOn(pods: readonly PodObject[], nodeName: string, access: ClusterAccess): PodObject {
  const pod = pods.find(({ spec, metadata }) => spec.nodeName === nodeName && metadata.deletionTimestamp === undefined);
  if (pod !== undefined) return pod;
  throw new LabError(`calico-node does not run on node ${nodeName}`, {
    where: access.name,
    fix: `kubectl get pods -A -l ${calicoNodeLabel} -o wide`,
  });
}

/** The container in which Felix and BIRD run. */
export function calicoContainer({ metadata, spec }: PodObject): PodAddress {
  const { name: pod, namespace = "kube-system" } = metadata;
  return { namespace, pod, container: "calico-node", where: `node ${spec.nodeName ?? "?"} (pod ${namespace}/${pod})` };
}

/** The images that calico-node's pods run, by the content that the nodes' runtimes found; those that no runtime names are left out. */
export function testedImages(pods: readonly PodObject[]): readonly TestedFile[] {
  const found = pods.flatMap(({ status }) =>
    [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])].flatMap(({ image, imageID }) => {
      const sha256 = /sha256:([0-9a-f]{64})$/.exec(imageID ?? "")?.[1];
      return image === undefined || sha256 === undefined ? [] : [{ name: image, sha256 }];
    }),
  );
  return [...new Map(found.map((file) => [`${file.name} ${file.sha256}`, file])).values()];
}
