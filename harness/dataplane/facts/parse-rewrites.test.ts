import assert from "node:assert/strict";
import { parseIptablesRewrites, parseNftRewrites } from "./parse-rewrites.ts";

describe("rules that change packets", () => {
  it("are told from nft(8), those of Calico and kube-proxy left out", () => {
    const ruleset = `table ip nat {
	chain POSTROUTING {
		type nat hook postrouting priority srcnat; policy accept;
		oifname "eth1" udp dport 4789 counter packets 4 bytes 400 masquerade
		jump cali-POSTROUTING
	}
	chain cali-nat-outgoing {
		ip saddr 10.0.0.0/8 masquerade
	}
	chain marks {
		ip saddr 10.0.0.1 meta mark set 0x00000007
		ip saddr @known accept
	}
}
table ip kube-proxy {
	chain endpoint {
		meta l4proto tcp dnat to 10.0.0.1:80
	}
}
`;
    const onTunnel = `table ip x {
	chain p {
		iifname "vxlan.calico" ip ttl set 1
		udp dport 4789 fwd to "vxlan.calico"
		iifname { "vxlan.calico", "tunl0" } oifname != "vxlan.calico" ip dscp set ef
	}
}
`;
    assert.equal(parseNftRewrites(onTunnel).length, 3, "anybody may name Calico's devices");
    const onConnections = `table ip x {
	chain p {
		reset tcp option timestamp
		tcp dport 8080 ct state invalid,untracked synproxy mss 1460 wscale 7
		ct state invalid,untracked accept
	}
}
`;
    assert.equal(parseNftRewrites(onConnections).length, 2);
    assert.deepEqual(parseNftRewrites(ruleset), [
      {
        where: "table ip nat chain POSTROUTING",
        hook: "postrouting",
        rule: 'oifname "eth1" udp dport 4789 masquerade',
        packets: 4,
      },
      { where: "table ip nat chain marks", rule: "ip saddr 10.0.0.1 meta mark set 0x00000007" },
    ]);
  });

  it("are told from iptables-save likewise", () => {
    const saved = `*nat
:PREROUTING ACCEPT [0:0]
[3:180] -A PREROUTING -p udp -m udp --dport 4789 -j DNAT --to-destination 198.18.2.12
[3:180] -A KUBE-SERVICES -j DNAT --to-destination 10.0.0.1:80
COMMIT
`;
    assert.deepEqual(parseIptablesRewrites(saved, "iptables"), [
      {
        where: "iptables table nat chain PREROUTING",
        hook: "prerouting",
        rule: "-p udp -m udp --dport 4789 -j DNAT --to-destination 198.18.2.12",
        packets: 3,
      },
    ]);
  });

  it("are not those of what stands for kube-proxy beside real Calico", () => {
    const choice = "dnat ip to numgen random mod 2 map { 0 : 198.19.0.1 . 8080, 1 : 198.19.0.65 . 8080 }";
    const inTable = (table: string): string => `table ip ${table} {
	chain prerouting {
		type nat hook prerouting priority dstnat; policy accept;
		meta l4proto { tcp, udp } ip daddr 198.19.192.19 th dport 80 ${choice}
	}
}
`;
    assert.deepEqual(parseNftRewrites(inTable("encaplab-services")), []);
    assert.deepEqual(parseNftRewrites(inTable("kube-proxy")), []);
    for (const table of ["others", "kube"]) assert.equal(parseNftRewrites(inTable(table)).length, 1, table);
  });
});
