import assert from "node:assert/strict";
import { scriptedExecutor, type ScriptedAnswer } from "../../exec/scripted.ts";
import { readDeclared } from "./declared.ts";

/** As a cluster with Calico v3.32.1 from its manifest answered, without what nobody reads. */
const answers = {
  felixconfigurations: { items: [{ metadata: { name: "default" }, spec: { wireguardEnabled: true } }] },
  globalnetworkpolicies: { items: [{ metadata: { name: "default.default-deny" }, spec: { types: ["Ingress"] } }] },
  "networkpolicies.crd": { items: [] },
  "networkpolicies.networking": { items: [{ metadata: { name: "web", namespace: "shop" }, spec: {} }] },
};

describe("what a cluster's resources ask for", () => {
  const over = (change: Partial<Record<keyof typeof answers, Partial<ScriptedAnswer>>> = {}) => ({
    executor: scriptedExecutor(
      Object.entries(answers).map(([kind, value]) => ({
        command: new RegExp(` get ${kind}`),
        stdout: JSON.stringify(value),
        ...change[kind as keyof typeof answers],
      })),
    ),
    kubectl: ["kubectl"],
    name: "cluster c",
  });

  it("are policies by kind and name, and encryption", async () => {
    assert.deepEqual(await readDeclared(over(), "crd.projectcalico.org"), {
      policies: ["GlobalNetworkPolicy default.default-deny", "NetworkPolicy shop/web"],
      encryptionAsked: ["FelixConfiguration default (wireguardEnabled)"],
    });
  });

  it("are not told where the user may not see them", async () => {
    const no = { exitCode: 1, stderr: "Error from server (Forbidden)" };
    const access = over({
      felixconfigurations: no,
      globalnetworkpolicies: no,
      "networkpolicies.crd": no,
      "networkpolicies.networking": no,
    });
    assert.deepEqual(await readDeclared(access, "crd.projectcalico.org"), {});
  });
});
