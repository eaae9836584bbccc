import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { largePlan, modeOf, planOf } from "../encap/plan.fixture.ts";
import { identitiesFromAllocation } from "../encap/planned-identities.ts";
import { localExecutor } from "../exec/local/local.ts";
import { ethernet, ipv4 } from "../packet/build.ts";
import { decode } from "../packet/decode.ts";
import { writePcap } from "../packet/write-pcap.ts";
import { withoutPrefix } from "../topology/address.ts";
import type { Plan } from "../topology/plan.ts";
import { AddressBook } from "./address-book.ts";
import { linkFilter } from "./link-filter.ts";
import { misaddressed, type LinkLaw } from "./misaddressed.ts";
import { Stations } from "./stations.ts";
import { unaskedAt } from "./unasked-macs.ts";

const [a1, a2, b1] = ["198.18.1.11", "198.18.1.12", "198.18.2.11"];
const pods = { a1: "198.19.0.1", a2: "198.19.0.65", b1: "198.19.0.129" };
const nobodys = "02:00:00:00:ff:99";
const broadcast = "ff:ff:ff:ff:ff:ff";

describe("MACs of frames between nodes", () => {
  const folder = mkdtempSync(join(tmpdir(), "encaplab-test-"));
  let plan: Plan;
  beforeEach(async () => {
    plan = await planOf("two-racks");
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  /** As planned, but for those that are named. */
  function stationsOf(changed: Readonly<Record<string, string>> = {}): Stations {
    const ports = [
      ...plan.nodes.map(({ name, uplink }) => [`${name}/${uplink.device}`, uplink.mac] as const),
      ...plan.routers.flatMap(({ name, ports: own }) =>
        own.map(({ device, mac }) => [`${name}/${device}`, mac] as const),
      ),
    ];
    const known = new Map(ports);
    return new Stations(plan, ({ node, device }) => changed[`${node}/${device}`] ?? known.get(`${node}/${device}`));
  }

  function macOf(place: string): string {
    const [name, device] = place.split("/");
    return stationsOf().all.find((one) => one.name === name && one.device === device)?.mac ?? place;
  }

  function frame(macs: readonly [string, string], source: string, destination: string): Buffer {
    const [from, to] = macs;
    const inside = ipv4({ source, destination, protocol: 17, ttl: 64 }, Buffer.alloc(8));
    return ethernet({ source: macOf(from), destination: macOf(to), etherType: 0x0800 }, inside);
  }

  function lawOf(stations = stationsOf(), strangers = false): LinkLaw {
    return { stations, strangers, book: new AddressBook(plan, identitiesFromAllocation(plan, modeOf("none"))) };
  }

  function judge(bytes: Buffer, law = lawOf(), segment = "rack-a"): string | undefined {
    const record = { number: 1, timeSeconds: 0, capturedLength: bytes.length, originalLength: bytes.length, bytes };
    return misaddressed(decode(record, "ethernet", [4789]), segment, law);
  }

  it("are right from neighbor to neighbor, to the router and from it, of nodes and of pods", () => {
    for (const [macs, from, to] of [
      [["a1/eth0", "a2/eth0"], a1, a2],
      [["a1/eth0", "a2/eth0"], pods.a1, pods.a2],
      [["a1/eth0", "tor/eth0"], a1, b1],
      [["tor/eth0", "a1/eth0"], pods.b1, pods.a1],
      [["tor/eth0", "a1/eth0"], "198.18.1.1", a1],
      [["a1/eth0", "tor/eth0"], a1, "203.0.113.9"],
    ] as const)
      assert.equal(judge(frame(macs, from, to)), undefined, `${from} ${to}`);
  });

  it("say who was meant, which MAC was seen, and whose it is", () => {
    const [mine, near, router] = [macOf("a1/eth0"), macOf("a2/eth0"), macOf("tor/eth0")];
    assert.equal(
      judge(frame(["a1/eth0", "tor/eth0"], pods.a1, pods.a2)),
      `frames from a1 to a2, addressed to ${router} (tor/eth0's), not a2/eth0 (${near})`,
    );
    assert.equal(
      judge(frame(["a1/eth0", "a2/eth0"], a1, b1)),
      `frames from a1 to b1, addressed to ${near} (a2/eth0's), not tor/eth0 (${router})`,
    );
    assert.equal(
      judge(frame([nobodys, "a2/eth0"], a1, a2)),
      `frames from a1 to a2, sent by ${nobodys} (nobody's here), not a1/eth0 (${mine})`,
    );
    assert.equal(
      judge(frame(["tor/eth0", broadcast], b1, a2)),
      `frames from b1 to a2, addressed to ${broadcast} (everybody's), not a2/eth0 (${near})`,
    );
    assert.match(
      judge(frame(["a2/eth0", "a1/eth0"], pods.b1, pods.a1)) ?? "",
      /from b1 to a1, sent by .* \(a2\/eth0's\)/,
    );
    assert.match(
      judge(frame(["tor/eth0", nobodys], "203.0.113.9", a1)) ?? "",
      /^frames from 203.0.113.9 to a1, addressed/,
    );
  });

  it("claim nothing where a MAC is not known, nor of strangers on networks of others", () => {
    const unknown = lawOf(stationsOf({ "tor/eth0": "" }));
    assert.equal(judge(frame(["a1/eth0", nobodys], a1, b1), unknown), undefined);
    assert.notEqual(judge(frame(["a1/eth0", nobodys], a1, a2), unknown), undefined);
    assert.equal(judge(frame(["a1/eth0", nobodys], a1, a2), lawOf(stationsOf(), true)), undefined);
    assert.notEqual(judge(frame(["a1/eth0", "tor/eth0"], a1, a2), lawOf(stationsOf(), true)), undefined);
    const told = (changed: Readonly<Record<string, string>>): string | undefined => {
      const stations = stationsOf(changed);
      return unaskedAt(stations, stations.at({ node: "a1", device: "eth0" })).told.unasked;
    };
    assert.equal(told({}), undefined);
    assert.equal(told({ "tor/eth0": "" }), "the MAC of tor/eth0 is not known");
  });

  it("let hosts with a /32 reach neighbors by their gateway, and no others", () => {
    const [from, to] = [a1, a2];
    assert.notEqual(judge(frame(["a1/eth0", "tor/eth0"], from, to)), undefined);
    plan = {
      ...plan,
      nodes: plan.nodes.map((node) => ({
        ...node,
        uplink: { ...node.uplink, addresses: { 4: `${withoutPrefix(node.uplink.addresses[4] ?? "")}/32` } },
      })),
    };
    assert.equal(judge(frame(["a1/eth0", "tor/eth0"], from, to)), undefined);
    assert.equal(judge(frame(["tor/eth0", "a2/eth0"], from, to)), undefined);
    assert.notEqual(judge(frame(["tor/eth0", nobodys], from, to)), undefined);
  });

  /** How many of the frames tcpdump keeps at a1's uplink. */
  async function kept(frames: readonly Buffer[]): Promise<number> {
    const file = join(folder, "frames.pcap");
    const packets = frames.map((bytes, index) => ({ timeSeconds: index, bytes }));
    await writePcap(file, packets, { linkType: 1 });
    const identities = identitiesFromAllocation(plan, modeOf("none"));
    const filter = linkFilter(plan, identities, stationsOf(), { node: "a1", device: "eth0" });
    const argv = ["tcpdump", "-Z", "root", "-r", file, "--count", filter];
    return Number(/^(\d+) packet/m.exec((await localExecutor().run(argv)).stdout)?.[1]);
  }

  const right = () => [
    frame(["a1/eth0", "a2/eth0"], a1, a2),
    frame(["a2/eth0", "a1/eth0"], pods.a2, pods.a1),
    frame(["a1/eth0", "tor/eth0"], a1, b1),
    frame(["tor/eth0", "a1/eth0"], pods.b1, pods.a1),
    frame(["tor/eth0", "a1/eth0"], "198.18.1.1", a1),
    frame(["a1/eth0", "tor/eth0"], a1, "203.0.113.9"),
  ];

  it("are passed over by the kernel where they are right, and kept where they are not", async () => {
    assert.equal(await kept(right()), 0);
    const wrong = [
      frame(["a1/eth0", "tor/eth0"], pods.a1, pods.a2),
      frame(["a1/eth0", "a2/eth0"], a1, b1),
      frame([nobodys, "a2/eth0"], a1, a2),
      frame(["a2/eth0", "a1/eth0"], pods.b1, pods.a1),
      frame(["tor/eth0", broadcast], b1, a1),
    ];
    assert.equal(await kept(wrong), wrong.length);
  });

  it("are asked on a large segment of each tap's own machine", async () => {
    plan = await largePlan(30);
    assert.equal(await kept(right()), 0);
    assert.equal(await kept([frame([nobodys, "a2/eth0"], a1, a2), frame(["tor/eth0", nobodys], b1, a1)]), 2);
    const stations = stationsOf();
    const own = stations.at({ node: "a1", device: "eth0" });
    assert.equal(unaskedAt(stations, own).told.unasked, "of 31 machines on rack-a, only its own");
  });
});
