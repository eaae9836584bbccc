import assert from "node:assert/strict";
import { parseIptablesRewrites, parseNftRewrites } from "../dataplane/facts/parse-rewrites.ts";
import type { FilterFact } from "../dataplane/node-facts.ts";
import { modeOf, planOf } from "../encap/plan.fixture.ts";
import { identitiesFromAllocation } from "../encap/planned-identities.ts";
import { translationTroubles } from "./judge-translations.ts";

const plan = await planOf("two-racks");
const identities = identitiesFromAllocation(plan, modeOf("none"));
const [pod = "", service = ""] = [identities.pods[0]?.addresses[4], identities.services[0]?.clusterIps[4]];

function found(rewrites: readonly FilterFact[]): number {
  const facts = { node: "a1", routes: [], links: [], fdb: [], neighbors: [], rewrites };
  return translationTroubles(identities, { nodes: [facts] }).get("a1")?.length ?? 0;
}

function inNft(rule: string, table = "ip mine"): number {
  const lines = [
    `table ${table} {`,
    "chain c {",
    "type nat hook prerouting priority -110; policy accept;",
    rule,
    "}",
    "}",
  ];
  return found(parseNftRewrites(lines.join("\n")));
}

function inIptables(rule: string): number {
  return found(parseIptablesRewrites(`*nat\n:PREROUTING ACCEPT [0:0]\n[0:0] ${rule}\nCOMMIT\n`, "iptables"));
}

describe("foreign NAT rules", () => {
  it("are those that name a pod or a Service, as what they match or where they lead, in nftables and iptables", () => {
    assert.equal(inNft(`ip daddr ${pod} tcp dport 80 dnat to 192.0.2.1`), 1);
    assert.equal(inNft(`tcp dport 80 counter packets 3 bytes 180 dnat to ${pod}:8080`), 1);
    assert.equal(inNft(`ip daddr ${service} redirect to :8080`), 1);
    assert.equal(inNft(`ip daddr 198.19.0.0/16 redirect to :8080`), 1, "a network around pods'");
    assert.equal(inIptables(`-A PREROUTING -d ${pod}/32 -p tcp -j DNAT --to-destination 192.0.2.1:80`), 1);
    assert.equal(inIptables(`-A PREROUTING -p tcp --dport 80 -j DNAT --to-destination ${pod}:80`), 1);
  });

  it("are not those of Calico, kube-proxy and portmap, nor those for other addresses", () => {
    assert.equal(inNft(`ip daddr ${pod} dnat to 192.0.2.1`, "ip kube-proxy"), 0);
    assert.equal(inNft("ip daddr 203.0.113.1 dnat to 192.0.2.1"), 0);
    assert.equal(inNft(`ip daddr ${pod} snat to 192.0.2.1`), 0, "its destination stays");
    assert.equal(inIptables(`-A KUBE-SEP-1 -p tcp -j DNAT --to-destination ${pod}:80`), 0);
    assert.equal(inIptables(`-A CNI-DN-1 -p tcp --dport 80 -j DNAT --to-destination ${pod}:80`), 0);
  });
});
