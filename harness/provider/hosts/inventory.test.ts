import assert from "node:assert/strict";
import { homedir } from "node:os";
import { join } from "node:path";
import { UsageError } from "../../core/errors.ts";
import { loadTopology } from "../../topology/load.ts";
import { planTopology } from "../../topology/make-plan.ts";
import { loadInventory } from "./load-inventory.ts";
import { matchInventory } from "./match-inventory.ts";
import { parseInventory } from "./parse-inventory.ts";

const folder = join(import.meta.dirname, "testdata");

describe("inventory", () => {
  it("gives hosts the defaults, and keys their place beside the file or in the home folder", async () => {
    const { hosts } = await loadInventory(join(folder, "good.yaml"));
    assert.deepEqual(hosts, [
      {
        name: "tor",
        address: "tor.example",
        port: 22,
        user: "admin",
        key: join(folder, "keys", "lab"),
        become: "sudo",
        role: "router",
        hostKey: `SHA256:${"A".repeat(43)}`,
      },
      {
        name: "a1",
        address: "192.0.2.11",
        port: 2222,
        user: "root",
        key: join(homedir(), ".ssh", "lab"),
        become: "sudo",
        subnet: "rack-a",
        uplink: "ens5",
      },
    ]);
  });

  it("names every problem of a file with its position", async () => {
    await assert.rejects(loadInventory(join(folder, "bad.yaml")), (error: unknown) => {
      assert.ok(error instanceof UsageError);
      const rows = error.message.split("\n").map((row) => row.replaceAll(`${folder}/`, ""));
      assert.deepEqual(rows, [
        "bad.yaml: 8 problems",
        "  bad.yaml:1:26 defaults.address: unknown key; known: port, user, key, become",
        "  bad.yaml:3:3 hosts.a1.address: missing",
        "  bad.yaml:3:9 hosts.a1.adress: unknown key (did you mean address?); known: address, port, user, key, become, hostKey, role, subnet, uplink",
        "  bad.yaml:3:35 hosts.a1.port: 99999 is above 65535",
        '  bad.yaml:4:38 hosts.a2.become: "su" must be sudo',
        '  bad.yaml:4:48 hosts.a2.role: unknown value "switch"; one of node, router',
        '  bad.yaml:5:39 hosts.b1.hostKey: "d4:1d:8c:d9": neither a fingerprint (SHA256:…) nor a public key (ssh-ed25519 AAAA…)',
        '  bad.yaml:6:7 hosts.b2: expected a map, got "192.0.2.14"',
      ]);
      return true;
    });
  });

  it("tells what is wrong with files that hold nothing, no YAML or no hosts, and with those that are not there", async () => {
    assert.throws(() => parseInventory("", "x.yaml"), /x\.yaml:1:1 the file is empty/);
    assert.throws(() => parseInventory("hosts: {}", "x.yaml"), /x\.yaml:1:1 hosts: must not be empty/);
    assert.throws(() => parseInventory("hosts: {a1: {address: x}, a1: {address: y}}", "x.yaml"), /x\.yaml:1:27 /);
    assert.throws(() => parseInventory("hosts: [", "x.yaml"), UsageError);
    await assert.rejects(loadInventory(join(folder, "none.yaml")), /none\.yaml cannot be read/);
  });

  it("is held against the topology: what lacks a host, and what has no place there", async () => {
    const plan = planTopology(await loadTopology("two-racks"));
    const inventory = parseInventory(
      "hosts: {a1: {address: x}, a2: {address: x}, b1: {address: x}, b3: {address: x}}",
      "x",
    );
    const { members, problems } = matchInventory(plan, inventory);
    assert.deepEqual(
      members.map(({ name, role }) => `${role} ${name}`),
      ["node a1", "node a2", "node b1"],
    );
    assert.deepEqual(
      problems.map(({ what }) => what),
      ["x: no host for router tor", "x: no host for node b2", "x: host b3 is not in the topology (did you mean b1?)"],
    );
  });
});
