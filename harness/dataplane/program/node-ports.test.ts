import assert from "node:assert/strict";
import { nodePortsOf } from "./node-ports.ts";
import { renderNat } from "./render-nat.ts";

const nodePorts = { masqueraded: 30_000, local: 31_400 };
const services = [{ backend: "b1-p1", targetPort: 8080, nodePorts }];
const pods = [{ name: "b1-p1", node: "b1", addresses: { 4: "198.19.0.129" } }];

const rulesOf = (node: string): readonly string[] => {
  const base = { family: 4, pools: [], masqueraded: [], services: [], localPods: [], tunnels: [] } as const;
  return renderNat({ ...base, ...nodePortsOf(services, pods, node, 4) }).split("\n");
};

describe("NodePorts of a node", () => {
  it("are translated on every node with externalTrafficPolicy Cluster, and masqueraded", () => {
    const rules = rulesOf("a1");
    assert.ok(
      rules.includes(
        "map nodeports { type inet_service : ipv4_addr . inet_service; elements = { 30000 : 198.19.0.129 . 8080 }; }",
      ),
    );
    const translated = "meta l4proto { tcp, udp } fib daddr type local dnat ip to th dport map @nodeports";
    assert.equal(rules.filter((rule) => rule === translated).length, 2);
    assert.ok(
      rules.includes(
        "meta l4proto { tcp, udp } ct status dnat ct original proto-dst { 30000 } masquerade fully-random",
      ),
    );
  });

  it("keep the client's address with Local, on the backend's node alone", () => {
    const own = nodePortsOf(services, pods, "b1", 4).nodePorts;
    assert.deepEqual(
      own?.map(({ port, masqueraded }) => [port, masqueraded]),
      [
        [30_000, true],
        [31_400, false],
      ],
    );
    assert.equal(nodePortsOf(services, pods, "a1", 4).nodePorts?.length, 1);
  });

  it("are dropped with Local on all other nodes", () => {
    assert.ok(rulesOf("a1").includes("meta l4proto { tcp, udp } th dport { 31400 } drop"));
    assert.ok(!rulesOf("b1").some((rule) => rule.endsWith(" drop")));
  });

  it("leave no word in the rules of labs without hosts outside", () => {
    const none = nodePortsOf([{ backend: "b1-p1", targetPort: 8080 }], pods, "b1", 4);
    assert.deepEqual(none, {});
    assert.ok(rulesOf("a1").join("\n").includes("nodeports"));
    const base = { family: 4, pools: [], masqueraded: [], services: [], localPods: [], tunnels: [] } as const;
    assert.ok(!renderNat({ ...base, ...none }).includes("nodeports"));
  });
});

describe("masqueraded UDP", () => {
  it("never takes VXLAN's port, whose packets are not tracked: answers to it would end at the node", () => {
    const tunnels = [{ kind: "vxlan", device: "vxlan.calico", address: "198.19.0.0" }] as const;
    const nat = { family: 4, pools: ["198.19.0.0/17"], masqueraded: ["198.19.0.0/17"], services: [], tunnels } as const;
    const rules = renderNat({ ...nat, localPods: ["198.19.0.1"], ...nodePortsOf(services, pods, "a1", 4) }).split("\n");
    assert.ok(rules.includes("udp dport 4789 notrack"));
    const masquerading = rules.filter((rule) => rule.endsWith("fully-random"));
    assert.equal(masquerading.length, 2 * 4);
    for (const [index, rule] of masquerading.entries()) {
      if (index % 2 === 0) assert.match(rule, /meta l4proto udp masquerade to :32768-60999 fully-random$/);
      else
        assert.equal(
          masquerading[index - 1]?.replace(" meta l4proto udp masquerade to :32768-60999", " masquerade"),
          rule,
        );
    }
  });
});
