import { rm } from "node:fs/promises";
import type { Lab, LabNode } from "../../lab/lab.ts";
import { shellQuote } from "../../exec/quote.ts";
import { runScript } from "../../exec/script.ts";
import { renderNatRemoval } from "../program/render-nat.ts";
import { etcdFolder, labFolder, nodeFolder } from "./lab-folder.ts";
import { removeManagement } from "./management.ts";
import { entrance, nodeCommand } from "./node-command.ts";
import { removePods } from "./pods.ts";
import { saveLogs } from "./save-logs.ts";
import { servicesTable } from "./services.ts";
import { stopServices } from "../process/supervise.ts";

/**
 * Takes everything of Calico's off a lab: programs first, lest they repair what is removed; then pods, the kernel's state,
 * the datastore and its network. What Calico leaves behind when it ends is removed as its uninstall documentation says.
 */
export async function removeCalico(lab: Lab, logs?: string): Promise<void> {
  await Promise.all(lab.nodes.map(({ name, executor }) => stopServices(executor, nodeFolder(lab, name))));
  // Not from inside the datastore's namespace: it is not there yet where an installation failed early.
  const host = lab.machines?.host ?? lab.nodes[0]?.executor;
  if (host !== undefined) await stopServices(host, etcdFolder(lab));
  if (logs !== undefined) await saveLogs(lab, logs);
  await Promise.all(lab.nodes.map((node) => removeFromNode(lab, node)));
  await removeManagement(lab);
  await rm(labFolder(lab), { recursive: true, force: true });
}

/** Takes pods and all of Calico's off one node whose programs have ended. */
export async function removeFromNode(lab: Lab, node: LabNode): Promise<void> {
  await removePods(
    node,
    lab.plan.allocation.pods.filter((pod) => pod.node === node.name),
  );
  await removeFromKernel(lab, node);
  if (lab.machines !== undefined) await runScript(node.executor, `rm -rf ${shellQuote([nodeFolder(lab, node.name)])}`);
}

/** Takes off one node's kernel what Calico has made there. */
export async function removeFromKernel(lab: Lab, node: LabNode): Promise<void> {
  if (lab.machines === undefined) {
    await runScript(node.executor, kernelRemoval);
    return;
  }
  const folder = nodeFolder(lab, node.name);
  // Machines have the programs that know Calico's rules in Calico's own root file system.
  const inside = shellQuote(nodeCommand({ folder }, ["sh", "-e", "-s"]));
  await runScript(
    node.executor,
    `[ ! -x ${entrance({ folder })} ] || exec ${inside} <<'SCRIPT'\n${kernelRemoval}SCRIPT`,
  );
}

/** Felix routes by protocol 80 and on its own devices, BIRD by 12; chains and sets begin with `cali`. */
const kernelRemoval = `
for family in -4 -6; do
  for protocol in 80 bird; do ip $family route flush proto $protocol 2>/dev/null || :; done
  ip $family rule del fwmark 0x100000/0x100000 2>/dev/null || :
done
for device in vxlan.calico vxlan-v6.calico; do ip link del $device 2>/dev/null || :; done
ip addr flush dev tunl0 2>/dev/null && ip link set tunl0 down || :
for kind in iptables-legacy ip6tables-legacy iptables-nft ip6tables-nft; do
  command -v $kind-save >/dev/null || continue
  rules=$($kind-save 2>/dev/null | grep -v -e cali -e '^#') || continue
  echo "$rules" | $kind-restore 2>/dev/null || :
done
for name in $(ipset list -n 2>/dev/null | grep ^cali); do ipset destroy $name 2>/dev/null || :; done
for family in ip ip6; do nft delete table $family calico 2>/dev/null || :; done
nft -f - <<'END'
${renderNatRemoval(4, servicesTable)}${renderNatRemoval(6, servicesTable)}
END
`;
