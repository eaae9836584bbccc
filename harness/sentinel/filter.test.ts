import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ModeId } from "../encap/mode.ts";
import { largePlan, modeOf, planOf } from "../encap/plan.fixture.ts";
import { identitiesFromAllocation } from "../encap/planned-identities.ts";
import { localExecutor } from "../exec/local/local.ts";
import { ethernet, ipv4, udp, vxlan } from "../packet/build.ts";
import { writePcap } from "../packet/write-pcap.ts";
import type { Plan } from "../topology/plan.ts";
import { sentinelFilter } from "./filter.ts";

const macs = { source: "02:00:00:00:00:01", destination: "02:00:00:00:00:02" };
const [a1, b1, b2] = ["198.18.1.11", "198.18.2.11", "198.18.2.12"];
const pods = { a1: "198.19.0.1", a2: "198.19.0.65", b1: "198.19.0.129" };
const tap = { node: "a1", device: "eth0" };
/** tcpdump's name and number of Ethernet. */
const ethernetLink = 1;

describe("the sentinel's filter", () => {
  const folder = mkdtempSync(join(tmpdir(), "encaplab-test-"));
  let plan: Plan;
  before(async () => {
    plan = await planOf("two-racks");
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  /** How many of the frames tcpdump keeps. */
  async function kept(id: ModeId, frames: readonly Buffer[]): Promise<number> {
    const mode = modeOf(id);
    const network = { lab: { plan }, mode, identities: identitiesFromAllocation(plan, mode) };
    const file = join(folder, "frames.pcap");
    const packets = frames.map((bytes, index) => ({ timeSeconds: index, bytes }));
    await writePcap(file, packets, { linkType: ethernetLink });
    const argv = ["tcpdump", "-Z", "root", "-r", file, "--count", sentinelFilter(network, tap, [])];
    return Number(/^(\d+) packet/m.exec((await localExecutor().run(argv)).stdout)?.[1]);
  }

  const across = between(pods.a1, pods.b1);

  it("lets the kernel pass over what is as it must be, and pods' own tunnels within it", async () => {
    const near = between(pods.a1, pods.a2);
    const right = [tunnel(a1, b1, across), tunnel(b1, a1, between(pods.b1, pods.a1)), frame(near)];
    assert.equal(await kept("vxlan-cross-subnet", [...right, frame(ip(a1, b1, 6, Buffer.alloc(20)))]), 0);
    assert.equal(await kept("none", [frame(across), frame(near)]), 0);
    assert.equal(await kept("ipip-always", [frame(ip(a1, b1, 4, across))]), 0);
  });

  it("keeps everything else", async () => {
    const tagged = Buffer.concat([Buffer.from("004d0800", "hex"), across]);
    const wrong = [
      frame(across),
      tunnel(a1, b1, across, { vni: 77 }),
      tunnel(a1, b1, across, { port: 8472 }),
      tunnel(a1, b2, across),
      tunnel(a1, b1, between(pods.a2, pods.b1)),
      frame(ip(a1, b1, 4, across)),
      frame(ip(a1, b1, 47, Buffer.alloc(24))),
      frame(tagged, 0x8100),
      frame(tagged, 0x88a8),
      frame(Buffer.concat([Buffer.from("00010140", "hex"), across]), 0x8847),
    ];
    for (const [index, one] of wrong.entries()) assert.equal(await kept("vxlan-cross-subnet", [one]), 1, String(index));
  });

  it("keeps everything of pods where encryption is due, and WireGuard between nodes that take no part", async () => {
    plan = await planOf("wireguard");
    const data = Buffer.concat([Buffer.from("04000000112233440700000000000000", "hex"), Buffer.alloc(96, 0xab)]);
    const message = (from: string, to: string): Buffer =>
      frame(ip(from, to, 17, udp({ sourcePort: 51820, destinationPort: 51820 }, data)));
    assert.equal(await kept("vxlan-cross-subnet", [message(a1, b1), message(b1, a1)]), 0);
    assert.equal(await kept("none", [message(a1, b1)]), 0);
    for (const [index, one] of [frame(across), tunnel(a1, b1, across), message(a1, b2)].entries())
      assert.equal(await kept("vxlan-cross-subnet", [one]), 1, String(index));
    assert.equal(await kept("none", [frame(across)]), 1);
    plan = await planOf("two-racks");
  });

  it("lets pass what is right inside of the VLAN that is due, and keeps every other frame", async () => {
    plan = await planOf("vlan-uplinks");
    const mode = modeOf("vxlan-cross-subnet");
    const network = { lab: { plan }, mode, identities: identitiesFromAllocation(plan, mode) };
    const filter = sentinelFilter(network, { node: "a1", device: "eth0.101" }, [], { vlan: 101 });
    const tagged = (id: number, content: Buffer): Buffer =>
      frame(Buffer.concat([Buffer.from([id >> 8, id & 0xff, 0x08, 0x00]), content]), 0x8100);
    const right = ip(
      a1,
      b1,
      17,
      udp({ sourcePort: 50_000, destinationPort: 4789 }, vxlan({ vni: 4096 }, ethernet(macs, across))),
    );
    const count = async (one: Buffer): Promise<string> => {
      const file = join(folder, "vlan.pcap");
      await writePcap(file, [{ timeSeconds: 1, bytes: one }], { linkType: ethernetLink });
      return (await localExecutor().run(["tcpdump", "-Z", "root", "-r", file, "--count", filter])).stdout.trim();
    };
    assert.equal(await count(tagged(101, right)), "0 packets");
    assert.equal(await count(tagged(101, between(pods.a1, pods.a2))), "0 packets");
    const doubled = Buffer.concat([Buffer.from("00650800", "hex"), right]);
    const inner = Buffer.concat([Buffer.from("00658100", "hex"), doubled]);
    const wrong = [tagged(102, right), frame(right), frame(between(a1, b1)), tagged(101, across), frame(inner, 0x8100)];
    for (const [index, one] of wrong.entries()) assert.equal(await count(one), "1 packet", String(index));
    plan = await planOf("two-racks");
  });

  it("stays a program that the kernel takes, with many nodes", async function () {
    this.timeout(30_000);
    const large = await largePlan(50);
    const mode = modeOf("vxlan-cross-subnet");
    const network = { lab: { plan: large }, mode, identities: identitiesFromAllocation(large, mode) };
    for (const node of ["a1", large.routers[0]?.name ?? ""]) {
      const filter = sentinelFilter(network, { node, device: "eth0" }, []);
      const { stdout } = await localExecutor().run(["tcpdump", "-y", "EN10MB", "-ddd", filter]);
      assert.ok(Number(stdout.split("\n")[0]) < 4096, stdout.split("\n")[0]);
    }
  });
});

function between(source: string, destination: string): Buffer {
  return ip(source, destination, 17, udp({ sourcePort: 1000, destinationPort: 443 }, Buffer.alloc(20)));
}

function ip(source: string, destination: string, protocol: number, payload: Uint8Array): Buffer {
  return ipv4({ source, destination, protocol }, payload);
}

function tunnel(from: string, to: string, content: Buffer, { vni = 4096, port = 4789 } = {}): Buffer {
  return frame(
    ip(from, to, 17, udp({ sourcePort: 50_000, destinationPort: port }, vxlan({ vni }, ethernet(macs, content)))),
  );
}

function frame(content: Buffer, etherType = 0x0800): Buffer {
  return ethernet({ ...macs, etherType }, content);
}
