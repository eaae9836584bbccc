import assert from "node:assert/strict";
import { parseDeviceCounters, parseProtocolCounters, parseTrackerCounters } from "./parse-counters.ts";
import { parseSettings } from "./parse-settings.ts";

describe("counters of the kernel", () => {
  it("pairs the names of /proc/net/snmp and netstat with their values, and keeps those that tell of lost packets", () => {
    const files = `Ip: Forwarding DefaultTTL InReceives InHdrErrors InAddrErrors ForwDatagrams
Ip: 1 64 10 2 3 6
Udp: InDatagrams NoPorts InErrors
Udp: 9 1 0
TcpExt: SyncookiesSent IPReversePathFilter
TcpExt: 0 17
Ip6InReceives                   	4
Ip6OutForwDatagrams             	8
`;
    assert.deepEqual(parseProtocolCounters(files), {
      "Ip.InHdrErrors": 2,
      "Ip.InAddrErrors": 3,
      "Ip.ForwDatagrams": 6,
      "Udp.NoPorts": 1,
      "Udp.InErrors": 0,
      "TcpExt.IPReversePathFilter": 17,
      "Ip6.OutForwDatagrams": 8,
    });
  });

  it("adds up what each processor's connection tracker counted", () => {
    const file = `entries  clashres found new invalid ignore delete chainlength insert insert_failed drop early_drop
00000006  00000000 00000000 00000000 0000000a 00000000 00000000 00000000 00000000 00000000 00000001 00000000
00000006  00000000 00000000 00000000 00000006 00000000 00000000 00000000 00000000 00000002 0000000f 00000000
`;
    assert.deepEqual(parseTrackerCounters(file), {
      "conntrack.invalid": 16,
      "conntrack.insert_failed": 2,
      "conntrack.drop": 14,
      "conntrack.early_drop": 0,
    });
    assert.deepEqual(parseTrackerCounters(""), {});
  });

  it("tells what IPsec threw away, and why", () => {
    assert.deepEqual(parseProtocolCounters("XfrmInNoPols            \t4\nXfrmOutPolBlock         \t0\n"), {
      "Xfrm.XfrmInNoPols": 4,
      "Xfrm.XfrmOutPolBlock": 0,
    });
  });

  it("names what each device lost", () => {
    const json =
      '[{"ifname":"eth0","stats64":{"rx":{"packets":9,"errors":1,"dropped":2},"tx":{"packets":8,"errors":0,"dropped":0,"carrier_errors":3}}},{"ifname":"old"}]';
    assert.deepEqual(parseDeviceCounters(json), {
      "eth0.rx.errors": 1,
      "eth0.rx.dropped": 2,
      "eth0.tx.errors": 0,
      "eth0.tx.dropped": 0,
      "eth0.tx.carrier_errors": 3,
    });
  });
});

describe("settings of the kernel", () => {
  it("are named as sysctl(8) names them, also where a device's name has dots", () => {
    const lines = "ipv4/ip_forward:1\nipv4/conf/vxlan.calico/rp_filter:0\nipv6/conf/eth0.100/forwarding:1\n";
    assert.deepEqual(parseSettings(lines), {
      "ipv4.ip_forward": "1",
      "ipv4.conf.vxlan.calico.rp_filter": "0",
      "ipv6.conf.eth0.100.forwarding": "1",
    });
  });
});
