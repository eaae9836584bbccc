import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { clientAddress, parseCurl } from "./curl.ts";
import { parseIperf3 } from "./iperf3.ts";
import { parseConditions } from "./offloads.ts";
import { parsePing } from "./ping.ts";

describe("parsers of real outputs", () => {
  describe("ping", () => {
    const table: readonly (readonly [string, number, number, readonly string[]])[] = [
      ["iputils-ping-answered", 5, 5, []],
      ["iputils-ping6-answered", 2, 2, []],
      ["iputils-ping-unanswered", 2, 0, []],
      ["iputils-ping-net-unreachable", 2, 0, ["Destination Net Unreachable from 198.18.1.1"]],
      ["iputils-ping-host-unreachable", 2, 0, ["Destination Host Unreachable from 198.18.1.1"]],
      ["iputils-ping-filtered", 2, 0, ["Packet filtered from 198.18.1.1"]],
      [
        "iputils-ping-frag-needed",
        2,
        0,
        ["Frag needed and DF set (mtu = 1400) from 198.18.1.1", "local error: message too long, mtu=1400"],
      ],
      [
        "iputils-ping6-too-big",
        2,
        0,
        ["Packet too big: mtu=1400 from fd00:1::1", "local error: message too long, mtu: 1400"],
      ],
      ["iputils-ping-message-too-long", 1, 0, ["local error: message too long, mtu=1450"]],
      ["iputils-ping6-message-too-long", 1, 0, ["local error: message too long, mtu: 1450"]],
      ["iputils-ping-no-route", 0, 0, ["connect: Network is unreachable"]],
      ["busybox-ping-answered", 2, 2, []],
      ["busybox-ping-lost", 2, 0, []],
      ["inetutils-ping-answered", 2, 2, []],
      ["inetutils-ping-unreachable", 2, 0, ["Destination Net Unreachable from 198.18.1.1"]],
    ];
    for (const [file, sent, received, errors] of table) {
      it(`reads ${file}`, async () => {
        const report = parsePing(await sample(`${file}.txt`));
        assert.deepEqual(
          { ...report, rttMs: report.rttMs.length },
          { sent, received, duplicates: 0, errors, rttMs: received },
        );
      });
    }

    it("counts duplicates apart from answers", async () => {
      const { sent, received, duplicates, rttMs } = parsePing(await sample("iputils-ping-duplicates.txt"));
      assert.deepEqual([sent, received, duplicates], [2, 2, 3]);
      assert.deepEqual(rttMs, [0.083, 0.073]);
    });

    it("reads nothing from nothing", () => {
      assert.deepEqual(parsePing(""), { sent: 0, received: 0, duplicates: 0, rttMs: [], errors: [] });
    });
  });

  describe("curl", () => {
    it("reads status, body and bytes", async () => {
      const { answered, body } = parseCurl(await sample("curl-answered.txt"), "");
      assert.deepEqual([answered, clientAddress(body)], [true, "198.18.1.2"]);
      const six = parseCurl(await sample("curl6-answered.txt"), "");
      assert.equal(clientAddress(six.body), "fd00:1::2");
      assert.equal(parseCurl(await sample("curl-bulk.txt"), "").bytes, 65536);
    });

    it("tells refused, timed out and wrong pages apart", async () => {
      const errors = async (name: string): Promise<string> => {
        const { answered, errors: found } = parseCurl(await sample(name), "");
        assert.equal(answered, false);
        return found.join();
      };
      assert.match(await errors("curl-refused.txt"), /Couldn't connect to server/);
      assert.match(await errors("curl-timeout.txt"), /Timeout was reached/);
      assert.equal(await errors("curl-404.txt"), "HTTP status 404");
    });

    it("takes an answer without a report for none", () => {
      assert.deepEqual(parseCurl("10.0.0.1", "curl: (2) out of luck\n").errors, ["curl: (2) out of luck"]);
      assert.equal(parseCurl('x\n{"response_code":"200"}', "").answered, false);
      assert.equal(parseCurl("x\n{broken", "").answered, false);
    });
  });

  describe("iperf3", () => {
    it("reads what arrived", async () => {
      const report = parseIperf3(await sample("iperf3-ok.json"), "");
      assert.equal(report.bytes, 131072);
      assert.ok(Math.abs((report.gbitPerSecond ?? 0) - 4.766) < 0.001);
      assert.deepEqual([report.retransmits, report.errors], [0, []]);
    });

    it("reads its errors, which its exit code hides", async () => {
      assert.match(parseIperf3(await sample("iperf3-refused.json"), "").errors.join(), /Connection refused/);
      assert.match(parseIperf3(await sample("iperf3-timeout.json"), "").errors.join(), /Connection timed out/);
      assert.deepEqual(parseIperf3("", "iperf3: killed").errors, ["iperf3: killed"]);
      assert.equal(parseIperf3("{}", "").gbitPerSecond, undefined);
    });
  });

  it("reads MTU and offloads of a device, and that there is no other", async () => {
    assert.deepEqual(parseConditions(await sample("conditions-veth.txt")), [
      {
        device: "eth0",
        mtu: 1500,
        offloads: [
          "tcp-segmentation-offload",
          "generic-segmentation-offload",
          "tx-udp_tnl-segmentation",
          "tx-checksumming",
          "rx-checksumming",
        ],
      },
      { device: "eth9", offloads: [] },
    ]);
  });
});

function sample(name: string): Promise<string> {
  return readFile(new URL(`testdata/${name}`, import.meta.url), "utf8");
}
