import assert from "node:assert/strict";
import { parseLinkText } from "./parse-link-text.ts";
import { parseFdbText, parseNeighborText } from "./parse-neighbor-text.ts";
import { parseRouteText } from "./parse-route-text.ts";
import { parseRuleText } from "./parse-rule-text.ts";

describe("the readers of ip(8)'s text", () => {
  it("read routes with and without details, with several next hops, of both families", () => {
    const text = [
      "unicast 192.168.1.0/26 via 10.0.0.1 dev tunl0 proto bird scope global metric 1024 onlink",
      "10.1.0.0/24 proto bird metric 32",
      "\tnexthop via 10.0.0.1 dev eth0 weight 1",
      "\tnexthop via 10.0.0.2 dev eth1 weight 2",
      "blackhole 192.168.2.0/26 proto 80",
      "local 10.0.0.5 dev eth0 table local proto kernel scope host src 10.0.0.5",
      "default via inet6 fe80::1 dev eth0 mtu lock 1400",
      "Error: no such thing",
    ].join("\n");
    const base = { family: 4, table: "main", type: "unicast", onlink: false } as const;
    assert.deepEqual(parseRouteText(text, 4), [
      {
        ...base,
        destination: "192.168.1.0/26",
        via: "10.0.0.1",
        device: "tunl0",
        protocol: "bird",
        onlink: true,
        metric: 1024,
      },
      {
        ...base,
        destination: "10.1.0.0/24",
        protocol: "bird",
        metric: 32,
        hops: [
          { via: "10.0.0.1", device: "eth0", weight: 1 },
          { via: "10.0.0.2", device: "eth1", weight: 2 },
        ],
      },
      { ...base, type: "blackhole", destination: "192.168.2.0/26", protocol: "80" },
      {
        ...base,
        type: "local",
        table: "local",
        destination: "10.0.0.5",
        device: "eth0",
        protocol: "kernel",
        source: "10.0.0.5",
      },
      { ...base, destination: "default", via: "fe80::1", device: "eth0", protocol: "boot", mtu: 1400 },
    ]);
    const six =
      "blackhole fd00:10::/122 dev lo proto 80 metric 1024 pref medium\nfd00:11::/122 via fd00::2 dev eth0 proto 12";
    assert.deepEqual(
      parseRouteText(six, 6).map(({ type, destination, via, device, protocol }) => [
        type,
        destination,
        via,
        device,
        protocol,
      ]),
      [
        ["blackhole", "fd00:10::/122", undefined, undefined, "80"],
        ["unicast", "fd00:11::/122", "fd00::2", "eth0", "bird"],
      ],
    );
  });

  it("read rules with their selectors", () => {
    const text =
      "0:\tfrom all lookup local\n99:\tnot from all fwmark 0x100000/0x100000 lookup 1\n100:\tfrom 10.0.0.0/8 to 10.1.0.1 iif eth0 ipproto tcp unreachable";
    assert.deepEqual(parseRuleText(text, 4), [
      { family: 4, priority: 0, from: "all", not: false, others: [], table: "local" },
      { family: 4, priority: 99, from: "all", fwmark: "0x100000/0x100000", not: true, others: [], table: "1" },
      {
        ...{ family: 4, priority: 100, from: "10.0.0.0/8", to: "10.1.0.1", iif: "eth0", not: false },
        ...{ others: ["ipproto tcp"], action: "unreachable" },
      },
    ]);
  });

  it("read devices; without details the kind is not told", () => {
    const plain =
      "2: eth0@if6: <BROADCAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP\n    link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff\n    inet 198.18.1.11/24 scope global eth0\n       valid_lft forever preferred_lft forever\n    inet 10.0.0.1 peer 10.0.0.2/32 scope global eth0\n";
    assert.deepEqual(parseLinkText(plain), [
      {
        ...{ device: "eth0", kind: "", mtu: 1500, up: true, mac: "02:00:00:00:00:01" },
        addresses: ["198.18.1.11/24", "10.0.0.1/32"],
      },
    ]);
    const detailed =
      "4: tunl0@NONE: <NOARP> mtu 1480 qdisc noop state DOWN\n    link/ipip 0.0.0.0 brd 0.0.0.0 promiscuity 0\n    ipip any remote any local any ttl inherit nopmtudisc\n5: vxlan.calico: <UP> mtu 1450\n    link/ether 66:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff promiscuity 0\n    vxlan id 4096 local 10.0.0.1 dev eth1 srcport 0 0 dstport 4789 nolearning ttl 8 df set noudpcsum\n";
    const [tunnel, vxlan] = parseLinkText(detailed);
    assert.deepEqual([tunnel?.kind, tunnel?.up, vxlan?.kind], ["ipip", false, "vxlan"]);
    assert.deepEqual(vxlan?.vxlan, {
      ...{ vni: 4096, port: 4789, local: "10.0.0.1", learning: false, parent: "eth1", udpChecksum: false, ttl: 8 },
      ...{ df: "set", sourcePorts: [0, 0] },
    });
  });

  it("read neighbors and FDB entries", () => {
    assert.deepEqual(
      parseNeighborText("10.0.0.1 dev vxlan.calico lladdr 66:AA:00:00:00:01 PERMANENT \n10.0.0.2 dev eth0 FAILED"),
      [
        { address: "10.0.0.1", device: "vxlan.calico", mac: "66:aa:00:00:00:01", state: "PERMANENT" },
        { address: "10.0.0.2", device: "eth0", mac: "", state: "FAILED" },
      ],
    );
    assert.deepEqual(
      parseFdbText("33:33:00:00:00:01 dev eth0 self permanent\n66:aa:00:00:00:01 dst 10.0.0.9 self permanent"),
      [{ mac: "66:aa:00:00:00:01", destination: "10.0.0.9", device: "vxlan.calico" }],
    );
  });
});
