import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { formOf, overheadOf, vxlanOf, type FormCounts, type PacketForm } from "./form.ts";
import { packetLines } from "./packet-lines.ts";
import { readCapture } from "./read-capture.ts";
import { skipFor } from "../core/skip.fixture.ts";

const golden: readonly { readonly file: string; readonly forms: FormCounts }[] = [
  { file: "calico-vxlan-always-router.pcap", forms: { plain: 0, ipip: 0, vxlan: 154 } },
  { file: "calico-vxlan-cross-subnet-uplink.pcap", forms: { plain: 32, ipip: 0, vxlan: 100 } },
  { file: "calico-none-router-redirects.pcap", forms: { plain: 78, ipip: 0, vxlan: 0 } },
  { file: "calico-ipip-always-uplink.pcap", forms: { plain: 0, ipip: 28, vxlan: 0 } },
  { file: "calico-ipip-cross-subnet-uplink.pcap", forms: { plain: 10, ipip: 18, vxlan: 0 } },
];
const overhead: Readonly<Partial<Record<PacketForm, number>>> = { plain: 0, ipip: 20, vxlan: 50 };

function pathOf(file: string): string {
  return fileURLToPath(new URL(`testdata/${file}`, import.meta.url));
}

/** Counts with other people's code; undefined where tcpdump is missing. */
function tcpdumpCount(file: string, filter: string): number | undefined {
  try {
    const text = execFileSync("tcpdump", ["-r", pathOf(file), "--count", filter], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    return Number.parseInt(text.toString(), 10);
  } catch {
    return undefined;
  }
}

describe("captures of real Calico", () => {
  for (const { file, forms } of golden) {
    it(`reads every packet of ${file} in its form, with the overhead of the form`, async () => {
      const counted: Record<string, number> = { plain: 0, ipip: 0, vxlan: 0 };
      await readCapture(pathOf(file), {}, (packet) => {
        const form = formOf(packet);
        counted[form] = (counted[form] ?? 0) + 1;
        assert.equal(packet.problem, undefined, packetLines(packet).join("\n"));
        assert.equal(overheadOf(packet), overhead[form]);
        if (form === "vxlan") assert.deepEqual([vxlanOf(packet)?.vni, vxlanOf(packet)?.flags], [4096, 0x08]);
      });
      assert.deepEqual(counted, forms);
    });

    it(`agrees with tcpdump on ${file}`, function () {
      if (tcpdumpCount(file, "") === undefined) skipFor(this, "no tcpdump here");
      assert.equal(tcpdumpCount(file, "udp dst port 4789"), forms.vxlan);
      assert.equal(tcpdumpCount(file, "ip proto 4"), forms.ipip);
      assert.equal(tcpdumpCount(file, "not udp dst port 4789 and not ip proto 4"), forms.plain);
    });
  }

  it("writes the first packet of an encapsulated ping, a line per header", async () => {
    const lines: string[][] = [];
    await readCapture(pathOf("calico-vxlan-always-router.pcap"), {}, (packet) => lines.push(packetLines(packet)));
    assert.deepEqual(lines[0], [
      "Ethernet 02:42:0a:0a:01:0c > 02:42:0a:0a:01:fe type 0x0800",
      "IPv4 10.10.1.12 > 10.10.2.11 ttl 64 len 134 proto UDP",
      "UDP 46681 > 4789 len 114",
      "VXLAN vni 4096",
      "Ethernet 66:da:2d:10:6b:d7 > 66:c3:3d:38:01:96 type 0x0800",
      "IPv4 192.168.120.129 > 192.168.16.129 ttl 63 len 84 DF proto ICMP",
      "ICMP echo request id 102 seq 1",
    ]);
  });
});
