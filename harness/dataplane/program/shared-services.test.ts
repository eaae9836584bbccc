import assert from "node:assert/strict";
import { parseBackends, parseTranslations } from "../facts/parse-translations.ts";
import { renderNat } from "./render-nat.ts";
import { sharedServicesOf } from "./shared-services.ts";

const pods = ["a1-p1", "b1-p1"].map((name, index) => ({
  name,
  addresses: { 4: `198.19.0.${1 + 128 * index}`, 6: `fd00:10:19::${1 + index}` },
}));
const clusterIps = { 4: "198.19.192.19", 6: "fd00:10:20::13" };
const service = { backends: ["a1-p1", "b1-p1"], clusterIps, port: 80, targetPort: 8080 };
const empty = { pools: [], masqueraded: [], services: [], localPods: [], tunnels: [] } as const;

describe("Services with several backends on a node", () => {
  it("choose one by chance for each connection, with equal shares, for pods and for the host", () => {
    const rules = renderNat({ family: 4, ...empty, ...sharedServicesOf([service], pods, 4) }).split("\n");
    const rule =
      "meta l4proto { tcp, udp } ip daddr 198.19.192.19 th dport 80 dnat ip to numgen random mod 2 map { 0 : 198.19.0.1 . 8080, 1 : 198.19.0.129 . 8080 }";
    assert.equal(rules.filter((line) => line === rule).length, 2);
    assert.ok(
      renderNat({ family: 6, ...empty, ...sharedServicesOf([service], pods, 6) }).includes(
        "ip6 daddr fd00:10:20::13 th dport 80 dnat ip6 to numgen random mod 2 map { 0 : fd00:10:19::1 . 8080",
      ),
    );
  });

  it("are read from rules again: what is translated, and into what", () => {
    for (const family of [4, 6] as const) {
      const rules = renderNat({ family, ...empty, ...sharedServicesOf([service], pods, family) });
      const clusterIp = clusterIps[family];
      assert.deepEqual(parseTranslations(rules), [clusterIp]);
      assert.deepEqual(parseBackends(rules), { [clusterIp]: pods.map(({ addresses }) => addresses[family]) });
    }
  });

  it("leave no word in the rules of labs without such", () => {
    assert.deepEqual(sharedServicesOf(undefined, pods, 4), {});
    assert.ok(!renderNat({ family: 4, ...empty }).includes("numgen"));
  });
});
