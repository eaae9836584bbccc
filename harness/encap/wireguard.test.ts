import assert from "node:assert/strict";
import type { Plan } from "../topology/plan.ts";
import { EncryptedAddresses } from "./encrypted-addresses.ts";
import { expectControlPlane } from "./control-plane.ts";
import { expectationOf, modeOf, planOf } from "./plan.fixture.ts";
import { identitiesFromAllocation } from "./planned-identities.ts";
import { podMtu } from "./tunnel.ts";
import {
  isEncryptedBetween,
  paddedLength,
  wireguardDevice,
  wireguardOverhead,
  wireguardPort,
  wireguardTable,
} from "./wireguard.ts";

describe("WireGuard", () => {
  let plan: Plan;
  before(async () => {
    plan = await planOf("wireguard");
  });

  it("takes the place of every form between nodes that have keys, and of none else", () => {
    const formOf = (id: string): string => {
      const { forward, reverse } = expectationOf(plan, id);
      return `${forward.underlay}/${reverse?.underlay ?? "-"}`;
    };
    assert.equal(formOf("vxlan-cross-subnet/pod-to-pod/cross-subnet/v4/a1->b1"), "wireguard/wireguard");
    assert.equal(formOf("vxlan-cross-subnet/pod-to-pod/same-subnet/v4/a1->a2"), "wireguard/wireguard");
    assert.equal(formOf("none/pod-to-pod/cross-subnet/v4/a1->b1"), "wireguard/wireguard");
    assert.equal(formOf("vxlan-cross-subnet/pod-to-pod/same-node/v4/a1->a1"), "none/none");
    assert.equal(formOf("vxlan-cross-subnet/pod-to-host/cross-subnet/v4/a1->b1"), "plain/plain");
    assert.equal(formOf("vxlan-cross-subnet/pod-to-pod/cross-subnet/v4/a1->b2"), "vxlan/vxlan");
    assert.equal(formOf("vxlan-cross-subnet/pod-to-pod/same-subnet/v4/b1->b2"), "plain/plain");
    assert.equal(formOf("vxlan-cross-subnet/host-to-pod/same-subnet/v4/a1->a2"), "wireguard/wireguard");
  });

  it("goes from port 51820 to 51820 between the nodes, with 60 bytes and a pod MTU of 1440", () => {
    const { forward, overhead, podMtu: mtu } = expectationOf(plan, "none/pod-to-pod/cross-subnet/v4/a1->b1");
    assert.deepEqual(forward.outer, { source: "198.18.1.11", destination: "198.18.2.11", wireguard: { port: 51820 } });
    assert.deepEqual([overhead, mtu], [60, 1440]);
    assert.deepEqual(
      forward.hops.map(({ role, form }) => `${role} ${form}`),
      [
        "source-pod plain",
        "source-uplink wireguard",
        "router-in wireguard",
        "router-out wireguard",
        "target-uplink wireguard",
        "target-pod plain",
      ],
    );
    assert.equal(podMtu(plan, modeOf("vxlan-cross-subnet")), 1440, "the smallest of all devices");
  });

  it("gives hosts the device's address, as tunnels do", () => {
    const { forward } = expectationOf(plan, "vxlan-cross-subnet/host-to-pod/cross-subnet/v4/a1->b1");
    assert.deepEqual(forward.sources, ["198.19.0.63"]);
  });

  it("is declared in the kernel of nodes that take part: device, peers and what is theirs", () => {
    const mode = modeOf("vxlan-cross-subnet");
    const states = expectControlPlane(plan, mode, identitiesFromAllocation(plan, mode));
    const [a1, , , b2] = states;
    assert.deepEqual(
      a1?.tunnels.find(({ kind }) => kind === "wireguard"),
      { device: "wireguard.cali", kind: "wireguard", mtu: 1440, address: "198.19.0.63/32" },
    );
    assert.deepEqual(
      a1.encrypted?.flatMap(({ peers }) => peers.map(({ node, destinations }) => `${node} ${destinations.join()}`)),
      ["a2 198.19.0.64/26", "b1 198.19.0.128/26"],
    );
    assert.equal(b2?.encrypted, undefined);
    assert.ok(b2?.tunnels.every(({ kind }) => kind === "vxlan"));
  });

  it("tells whose it is to decrypt what goes to an address", () => {
    const mode = modeOf("vxlan-cross-subnet");
    const addresses = new EncryptedAddresses(plan, mode, identitiesFromAllocation(plan, mode));
    assert.equal(addresses.peerOf("198.19.0.129"), "198.18.2.11");
    assert.equal(addresses.peerOf("198.19.0.190"), "198.18.2.11");
    assert.equal(addresses.peerOf("198.19.0.193"), undefined, "b2 takes no part");
    assert.deepEqual([addresses.devices, addresses.mtuFor("198.19.0.129")], [["wireguard.cali"], 1440]);
  });

  it("pads packets to multiples of 16, not beyond the MTU", () => {
    assert.deepEqual(
      [1, 84, 96, 1439, 1500].map((length) => paddedLength(length, 1440)),
      [16, 96, 96, 1440, 1500],
    );
    assert.deepEqual(
      [paddedLength(1435, 1436), paddedLength(1436, 1436), paddedLength(1437, 1436)],
      [1436, 1436, 1437],
    );
  });

  it("has a device, a port, a table and a price of its own for each family", () => {
    const of = (family: 4 | 6) => [
      wireguardDevice(family),
      wireguardPort(family),
      wireguardTable(family),
      wireguardOverhead(family),
    ];
    assert.deepEqual(of(4), ["wireguard.cali", 51820, 1, 60]);
    assert.deepEqual(of(6), ["wg-v6.cali", 51821, 2, 80]);
  });

  it("needs a key at either end", () => {
    const [key, none] = [{ encrypts: true as const }, {}];
    assert.equal(isEncryptedBetween(key, key), true);
    for (const [from, to] of [
      [key, none],
      [none, key],
      [none, none],
    ] as const)
      assert.equal(isEncryptedBetween(from, to), false);
  });

  it("decrypts for pods whose addresses are in no block of their node", () => {
    const mode = modeOf("vxlan-cross-subnet");
    const identities = identitiesFromAllocation(plan, mode);
    const pods = identities.pods.map((pod) => {
      if (pod.node === "b1") return { ...pod, addresses: { 4: "198.19.9.9" } };
      return pod.node === "b2" ? { ...pod, addresses: { 4: "198.19.9.10" } } : pod;
    });
    const addresses = new EncryptedAddresses(plan, mode, { ...identities, pods });
    assert.equal(addresses.peerOf("198.19.9.9"), "198.18.2.11", "b1's");
    assert.equal(addresses.peerOf("198.19.9.10"), undefined, "b2 takes no part");
    assert.equal(addresses.peerOf("198.19.9.11"), undefined, "nobody's");
  });
});
