import assert from "node:assert/strict";
import { balancedOf } from "./load-balancers.ts";
import { renderNat } from "./render-nat.ts";

const balanced = { masqueraded: { 4: "198.18.250.1" }, local: { 4: "198.18.250.2" } };
const services = [{ backend: "b1-p1", port: 80, targetPort: 8080, balanced }];
const pods = [{ name: "b1-p1", node: "b1", addresses: { 4: "198.19.0.129" } }];

const rulesOf = (node: string, own = services): readonly string[] => {
  const base = { family: 4, pools: [], masqueraded: [], services: [], localPods: [], tunnels: [] } as const;
  return renderNat({ ...base, ...balancedOf(own, pods, node, 4) }).split("\n");
};

describe("load balancer addresses of a node", () => {
  const masquerade =
    "meta l4proto { tcp, udp } ct status dnat ct original ip daddr { 198.18.250.1 } masquerade fully-random";
  const drop = "meta l4proto { tcp, udp } ip daddr { 198.18.250.2 } drop";
  const mapped = (rules: readonly string[]) => rules.find((rule) => rule.startsWith("map services"));

  it("are translated on every node with externalTrafficPolicy Cluster, and masqueraded", () => {
    const rules = rulesOf("a1");
    assert.match(mapped(rules) ?? "", /elements = \{ 198\.18\.250\.1 \. 80 : 198\.19\.0\.129 \. 8080 \}/);
    assert.ok(rules.includes(masquerade));
  });

  it("are dropped with Local on nodes without the backend", () => {
    assert.ok(rulesOf("a1").includes(drop));
  });

  it("keep the client's address with Local, on the backend's node alone", () => {
    const rules = rulesOf("b1");
    assert.match(mapped(rules) ?? "", /198\.18\.250\.2 \. 80 : 198\.19\.0\.129 \. 8080/);
    assert.ok(!rules.includes(drop));
    assert.ok(rules.includes(masquerade));
    assert.ok(!rules.some((rule) => rule.includes("daddr { 198.18.250.1, 198.18.250.2 }")));
  });

  it("leave no word in the rules of labs without them", () => {
    const plain = services.map(({ backend, port, targetPort }) => ({ backend, port, targetPort }));
    assert.deepEqual(balancedOf(plain, pods, "b1", 4), {});
  });
});
