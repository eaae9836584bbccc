import { join } from "node:path";
import { writeFileAtomic } from "../../core/atomic-file.ts";
import { messageOf } from "../../core/errors.ts";
import { tryKubectl, type ClusterAccess } from "../../kubernetes/access.ts";
import { withoutSecrets } from "./without-secrets.ts";
import { calicoNodeLabel } from "../../kubernetes/calico-node.ts";

/** Lines of log that are kept of each container. */
const logLines = 2_000;

/** Files of the bundle, and the question that each answers. Secrets are never asked for. */
const questions = (namespace: string): Readonly<Record<string, readonly string[]>> => ({
  "version.txt": ["version"],
  "nodes.yaml": ["get", "nodes", "-o", "yaml"],
  "pods.txt": ["get", "pods", "-A", "-o", "wide"],
  "run.txt": ["describe", "daemonsets,pods,services", "-n", namespace],
  "events.txt": ["get", "events", "-A", "--sort-by=.lastTimestamp"],
  "ippools.yaml": ["get", "ippools.crd.projectcalico.org", "-o", "yaml"],
  "felixconfigurations.yaml": ["get", "felixconfigurations.crd.projectcalico.org", "-o", "yaml"],
  "bgp.yaml": ["get", "bgpconfigurations.crd.projectcalico.org,bgppeers.crd.projectcalico.org", "-o", "yaml"],
  "installation.yaml": ["get", "installations.operator.tigera.io", "-o", "yaml"],
  "tigerastatus.yaml": ["get", "tigerastatuses.operator.tigera.io", "-o", "yaml"],
  "calico-node.log": ["logs", "-n", "kube-system", ...nodeLogs],
  "calico-node-operator.log": ["logs", "-n", "calico-system", ...nodeLogs],
});

const nodeLogs = ["-l", calicoNodeLabel, "-c", "calico-node", "--prefix", `--tail=${logLines}`];

/** Writes what the cluster says of itself into a folder, one file per question; a question that fails shows its error. */
export async function diagnoseCluster(access: ClusterAccess, namespace: string, folder: string): Promise<void> {
  for (const [file, args] of Object.entries(questions(namespace))) {
    const text = await tryKubectl(access, args).then(
      ({ exitCode, stdout, stderr }) => (exitCode === 0 ? stdout : stderr),
      (error: unknown) => messageOf(error),
    );
    await writeFileAtomic(join(folder, file), withoutSecrets(text));
  }
}
