import assert from "node:assert/strict";
import type { Path } from "../encap/path.ts";
import { ipv4, tcp } from "../packet/build.ts";
import { decode } from "../packet/decode.ts";
import type { Probe } from "../probe/probe.ts";
import { Recognizer } from "./recognizer.ts";
import { sightingsOf } from "./sightings.ts";
import { Tally } from "./tally.ts";

const [client, service, backend] = ["198.19.0.1", "198.19.192.13", "198.19.0.65"];
const tap = { node: "a1", device: "eth0" };
const syn = 0x02;

const probe: Probe = {
  path: { id: "none/pod-to-clusterip/same-subnet/v4/a1->a2" } as Path,
  kind: "curl",
  token: { kind: "tcp-port", side: "client", port: 20_001, mark: "el-0001" },
  dials: service,
  amount: 1,
};

/** What a tap heard of the client's connection, to the Service and, translated, to its backend. */
function heard(packets: readonly { readonly to: string; readonly at: number; readonly data?: string }[]) {
  const recognizer = new Recognizer([probe]);
  packets.forEach(({ to, at, data }, index) => {
    const flags = data === undefined ? syn : 0x10;
    const sequence = data === undefined ? 1000 : 1001;
    const segment = tcp({ sourcePort: 20_001, destinationPort: 80, sequence, flags }, Buffer.from(data ?? ""));
    const bytes = ipv4({ source: client, destination: to, protocol: 6 }, segment);
    const { length } = bytes;
    const record = { number: index + 1, timeSeconds: at, capturedLength: length, originalLength: length, bytes };
    const packet = decode(record, "raw", [4789]);
    const { subject, side } = recognizer.identify(packet) ?? assert.fail();
    const tally = subject.tallies.get(side) ?? new Tally();
    subject.tallies.set(side, tally);
    tally.add(packet, "a1.pcap");
  });
  return sightingsOf(recognizer, [tap]).get(0) ?? [];
}

describe("a flow that a tap hears with both of its addresses", () => {
  it("is one flow, with every segment, acknowledgment and opening of both", () => {
    const [there, ...others] = heard([
      { to: service, at: 3 },
      { to: backend, at: 2 },
      { to: service, at: 5, data: "hello" },
      { to: backend, at: 6, data: "" },
      { to: service, at: 4, data: "" },
    ]);
    assert.deepEqual(others, []);
    assert.deepEqual([there?.tap, there?.direction, there?.packets], [tap, "forward", 5]);
    assert.deepEqual(there?.flows, [
      {
        flow: "1000",
        unit: "bytes",
        pieces: [
          { from: 0, to: 1, times: 2 },
          { from: 1, to: 6, times: 1 },
        ],
        acks: 2,
        openings: [2, 3],
        lastAt: 6,
        sourcePorts: [20_001],
      },
    ]);
    assert.deepEqual(
      there.variants.map(({ destination, packets }) => [destination, packets]),
      [
        [service, 3],
        [backend, 2],
      ],
    );
  });

  it("is told by the last packet of whichever came last", () => {
    const lastOf = (packets: Parameters<typeof heard>[0]) => heard(packets)[0]?.flows.map(({ lastAt }) => lastAt);
    assert.deepEqual(
      lastOf([
        { to: service, at: 9 },
        { to: backend, at: 2 },
      ]),
      [9],
    );
    assert.deepEqual(
      lastOf([
        { to: service, at: 2 },
        { to: backend, at: 9 },
      ]),
      [9],
    );
  });
});
