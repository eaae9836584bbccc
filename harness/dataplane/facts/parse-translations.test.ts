import assert from "node:assert/strict";
import { parseBackendPorts, parseBackends, parseTranslations } from "./parse-translations.ts";

describe("parseTranslations", () => {
  it("reads rules of kube-proxy as nft lists those of iptables (kind, Kubernetes 1.34.10)", () => {
    const rules = [
      "\t\tip daddr 172.18.0.1 tcp dport 53 counter packets 0 bytes 0 dnat to 127.0.0.11:39811",
      "\t\tmeta l4proto tcp ip daddr 10.79.0.10  tcp dport 9153 counter packets 0 bytes 0 jump KUBE-SVC-JD5MR3NA4I4DYORP",
      "\t\tmeta l4proto udp ip daddr 10.79.0.10  udp dport 53 counter packets 0 bytes 0 jump KUBE-SVC-TCOU7JCQXEZGVUNU",
    ];
    assert.deepEqual(parseTranslations(rules.join("\n")), ["172.18.0.1", "10.79.0.10"]);
  });

  it("reads iptables-save", () => {
    const saved =
      '[0:0] -A KUBE-SERVICES -d 10.79.0.1/32 -p tcp -m comment --comment "default/kubernetes:https" -m tcp --dport 443 -j KUBE-SVC-NPX46M4PTMTKRN6Y\n[0:0] -A KUBE-SVC-NPX46M4PTMTKRN6Y ! -s 10.78.0.0/16 -d 10.79.0.2/32 -j KUBE-MARK-MASQ';
    assert.deepEqual(parseTranslations(saved), ["10.79.0.1"]);
  });

  it("reads maps: kube-proxy's for nftables, and a lab's own", () => {
    const maps = [
      "\t\telements = { 10.96.0.1 . tcp . 443 : goto service-2QRHZV4L-default/kubernetes/tcp/https,",
      "\t\t\t     198.19.192.1 . 80 : 198.19.0.1 . 8080, fd00:10:20::1 . 80 : fd00:10:19::2 . 8080 }",
    ];
    assert.deepEqual(parseTranslations(maps.join("\n")), ["10.96.0.1", "198.19.192.1", "fd00:10:20::1"]);
  });
});

describe("parseBackends", () => {
  it("pairs addresses with where they lead, in maps and in rules", () => {
    const rules = [
      "\t\telements = { 198.19.192.1 . 80 : 198.19.0.1 . 8080, 198.19.192.2 . 80 : 198.19.0.2 . 8080 }",
      "\t\telements = { fd00:10:20::1 . 80 : fd00:10:19::2 . 8080 }",
      "\t\tip daddr 198.19.192.1 tcp dport 80 dnat ip to 198.19.0.62:8080",
      "[0:0] -A X -d 10.79.0.1/32 -p tcp -j DNAT --to-destination 10.78.0.5:443",
      "\t\t10.96.0.1 . tcp . 443 : goto service-2QRHZV4L-default/kubernetes/tcp/https",
    ];
    assert.deepEqual(parseBackends(rules.join("\n")), {
      "198.19.192.1": ["198.19.0.1", "198.19.0.62"],
      "198.19.192.2": ["198.19.0.2"],
      "fd00:10:20::1": ["fd00:10:19::2"],
      "10.79.0.1": ["10.78.0.5"],
    });
    assert.deepEqual(parseBackendPorts(rules.join("\n")), {
      "198.19.192.1": [8080],
      "198.19.192.2": [8080],
      "fd00:10:20::1": [8080],
      "10.79.0.1": [443],
    });
  });
});
