import assert from "node:assert/strict";
import { harmIn, settingsOf } from "./settings.ts";

describe("settings that end packets", () => {
  it("are told by their value, whatever the device, and not on the loopback", () => {
    const harmful = [
      ["ipv4.conf.eth0.arp_ignore", "8"],
      ["ipv4.conf.all.arp_filter", "1"],
      ["ipv4.ip_default_ttl", "2"],
      ["ipv6.conf.eth0.hop_limit", "1"],
      ["ipv4.ipfrag_high_thresh", "0"],
      ["ipv6.ip6frag_high_thresh", "0"],
      ["ipv4.ipfrag_time", "0"],
      ["ipv4.neigh.default.gc_thresh3", "4"],
      ["ipv4.icmp_echo_ignore_all", "1"],
      ["ipv4.ip_no_pmtu_disc", "3"],
      ["ipv4.conf.eth0.drop_unicast_in_l2_multicast", "1"],
    ] as const;
    for (const [name, value] of harmful) assert.ok(harmIn(name, value), name);
    const usual = [
      ["ipv4.conf.eth0.arp_ignore", "2"],
      ["ipv4.conf.lo.arp_ignore", "8"],
      ["ipv4.ip_default_ttl", "64"],
      ["ipv4.ipfrag_high_thresh", "4194304"],
      ["ipv4.ip_no_pmtu_disc", "1"],
      ["ipv4.conf.all.rp_filter", "1"],
      ["ipv6.conf.vxlan.calico.disable_ipv6", "1"],
      ["ipv4.ip_local_port_range", "32768\t60999"],
    ] as const;
    for (const [name, value] of usual) assert.equal(harmIn(name, value), undefined, name);
  });

  it("are compared by names that machines share: those of pods' devices as one, the harmful one of them first", () => {
    const link = { kind: "veth", mtu: 1500, up: true, mac: "", addresses: [] };
    const found = settingsOf({
      node: "a1",
      routes: [],
      fdb: [],
      neighbors: [],
      links: ["eth0", "cali1", "cali2"].map((device) => ({ ...link, device })),
      settings: {
        "ipv4.conf.cali1.arp_ignore": "0",
        "ipv4.conf.cali2.arp_ignore": "8",
        "ipv4.conf.gone0.arp_ignore": "8",
        "ipv4.conf.all.arp_ignore": "0",
        "netfilter.nf_conntrack_count": "7",
        "netfilter.nf_conntrack_max": "262144",
        "ipv6.conf.eth0.mtu": "1500",
        "ipv4.ip_forward": "1",
      },
    });
    assert.deepEqual(
      [...found],
      [
        ["ipv4.conf.cali*.arp_ignore", { name: "ipv4.conf.cali2.arp_ignore", value: "8" }],
        ["ipv4.conf.all.arp_ignore", { name: "ipv4.conf.all.arp_ignore", value: "0" }],
        ["ipv4.ip_forward", { name: "ipv4.ip_forward", value: "1" }],
      ],
    );
  });
});
