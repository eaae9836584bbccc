import assert from "node:assert/strict";
import { scriptedExecutor, type ScriptedAnswer } from "../../exec/scripted.ts";
import type { PodObject } from "../../kubernetes/pod-state.ts";
import { testedImages } from "./calico-pods.ts";
import { newPodsGet } from "./new-pods-mtu.ts";
import { restartCalico } from "./restart-calico.ts";

const [nodeDigest, cniDigest] = [
  "a679077c7a8278fc3ff3b2caaeaec91a2c50a2714d7f86fb4950772cfec249fd",
  "111c064668231e0ec58aaf29a46758a0b3045d3b02aa88d6ab576525747974b4",
];

/** As a cluster with Calico v3.32.1 from its manifest told of its pods, without what nobody reads. */
const podOn = (nodeName: string, name: string, ready = true): PodObject => ({
  metadata: { name, namespace: "kube-system", uid: `uid-of-${name}` },
  spec: { nodeName },
  status: {
    phase: "Running",
    containerStatuses: [
      {
        name: "calico-node",
        ready,
        image: "quay.io/calico/node:v3.32.1",
        imageID: `docker.io/library/import-2026-11-27@sha256:${nodeDigest}`,
      },
    ],
    initContainerStatuses: [
      {
        name: "install-cni",
        image: "quay.io/calico/cni:v3.32.1",
        imageID: `docker.io/library/import-2026-11-27@sha256:${cniDigest}`,
      },
    ],
  },
});

const cluster = (answers: readonly ScriptedAnswer[]) => {
  const executor = scriptedExecutor(answers);
  const access = { executor, kubectl: ["kubectl"], name: "cluster c" };
  const nodeNames = { a1: "worker" };
  return { executor, part: { access, namespace: "encaplab-x", image: "i", standing: "lab", nodeNames } as const };
};

const listed = (...items: readonly PodObject[]): ScriptedAnswer => ({
  command: / get pods -A -l k8s-app=calico-node -o json$/,
  stdout: JSON.stringify({ items }),
});

describe("pods of calico-node", () => {
  it("tell the images by their content, each once", () => {
    const nameless = podOn("other", "calico-node-z");
    const pods = [podOn("worker", "calico-node-a"), podOn("other", "calico-node-b"), { ...nameless, status: {} }];
    assert.deepEqual(testedImages(pods), [
      { name: "quay.io/calico/node:v3.32.1", sha256: nodeDigest },
      { name: "quay.io/calico/cni:v3.32.1", sha256: cniDigest },
    ]);
  });

  it("are restarted by their removal, and waited for until another one is ready", async () => {
    const { executor, part } = cluster([
      listed(podOn("other", "calico-node-b"), podOn("worker", "calico-node-a")),
      { command: / delete pod calico-node-a -n kube-system --wait=false$/ },
      listed(podOn("worker", "calico-node-a")),
      listed(podOn("worker", "calico-node-c", false)),
      listed(podOn("worker", "calico-node-c")),
    ]);
    await restartCalico(part, "a1");
    executor.assertDone();
    await assert.rejects(restartCalico(cluster([listed()]).part, "a1"), /calico-node does not run on node worker/);
  });

  it("tell the MTU of new pods, which is waited for on the lab's own nodes alone", async () => {
    const pods = listed(podOn("worker", "calico-node-a"), podOn("stranger", "calico-node-b"));
    const says = (mtu: string): ScriptedAnswer => ({
      command: / exec -n kube-system calico-node-a -c calico-node -- .* cat \/var\/lib\/calico\/mtu$/s,
      stdout: `${mtu}\n`,
    });
    const { executor, part } = cluster([pods, says("1450"), pods, says("1500")]);
    assert.deepEqual(await newPodsGet(1500, part), []);
    executor.assertDone();
  });

  it("leave a note where the MTU stays another, as FelixConfiguration may want it", async () => {
    const always = { always: true } as const;
    const { part } = cluster([
      { ...listed(podOn("worker", "calico-node-a")), ...always },
      { command: /cat \/var\/lib\/calico\/mtu$/s, stdout: "1440", ...always },
    ]);
    const [note] = await newPodsGet(1450, part, 50);
    assert.match(note ?? "", /not the mode's 1450: .*worker: 1440/);
  });
});
