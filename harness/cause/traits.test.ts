import assert from "node:assert/strict";
import type { Lot } from "./crossings.ts";
import { traitsOf } from "./traits.ts";

const ping: Lot = {
  kind: "ping",
  protocol: "ICMP",
  family: 4,
  form: "vxlan",
  bytes: 134,
  tos: 0,
  ports: [],
  came: 1,
  lost: 0,
  extra: 0,
};
const datagram: Lot = { ...ping, kind: "datagram", protocol: "UDP", bytes: 154 };
const segment: Lot = { ...ping, kind: "data", protocol: "TCP", bytes: 1500, came: 20, ports: [40_000] };
const ack: Lot = { ...segment, kind: "ACK", bytes: 102 };
const syn: Lot = { ...segment, kind: "SYN", bytes: 102, came: 1 };
const lost = (lot: Lot, packets = lot.came): Lot => ({ ...lot, lost: packets });
const pings = Array.from({ length: 5 }, () => ping);

describe("what lost packets share", () => {
  it("is everything where nothing passes", () => {
    assert.equal(traitsOf([...pings.map((lot) => lost(lot)), lost(syn)]), "all packets (6 of 6)");
  });

  it("is their protocol", () => {
    const datagrams = [120, 400, 1500].map((bytes) => lost({ ...datagram, bytes }));
    assert.equal(traitsOf([...pings, segment, ack, ...datagrams]), "only UDP (3 of 3), while others pass");
  });

  it("is the family of their addresses, whatever sizes were sent in it", () => {
    const six = [154, 404, 1500].map((bytes) => lost({ ...datagram, bytes, family: 6 }));
    assert.equal(
      traitsOf([...pings, segment, ack, datagram, ...six, lost({ ...segment, family: 6 })]),
      "only packets over IPv6 (23 of 23), while others pass",
    );
  });

  it("is that they open connections, once or ever", () => {
    const again = { ...syn, came: 2, lost: 1 };
    assert.equal(
      traitsOf([...pings, segment, again, again]),
      "only the first SYN of a connection, which passes when sent again (2 of 4), while others pass",
    );
    const ofSix = { ...syn, family: 6, came: 4, lost: 3 } as const;
    assert.equal(
      traitsOf([...pings, ...[syn, syn, syn, syn, syn], ofSix]),
      "only the first SYN of a connection over IPv6, which passes when sent again (3 of 4), while others pass",
    );
    assert.equal(traitsOf([...pings, lost(syn), lost(syn)]), "only SYNs of TCP (2 of 2), while others pass");
  });

  it("is that they come after the SYN, as where a filter sees one half of connections", () => {
    assert.equal(
      traitsOf([...pings, syn, lost(segment), lost(ack)]),
      "only TCP packets after a connection's SYN (40 of 40), while others pass",
    );
  });

  it("is their size: beyond one, or between two", () => {
    const sizes = [200, 400, 600, 800, 1000, 1200, 1400].map((bytes) => ({ ...datagram, bytes }));
    const large = sizes.map((lot) => (lot.bytes > 900 ? lost(lot) : lot));
    assert.equal(traitsOf([...pings, ...large]), "only packets larger than 800 bytes (3 of 12), while others pass");
    const middle = [...sizes, { ...ping, bytes: 1450, came: 3 }].map((lot) =>
      lot.bytes >= 600 && lot.bytes <= 800 ? lost(lot) : lot,
    );
    assert.match(traitsOf([...pings, ...pings, ...middle]), /of 600 to 800 bytes/);
  });

  it("is the rest of their ports, by which equal ways are chosen", () => {
    const flows = [50_001, 50_002, 50_003, 50_004, 50_005, 50_006].map((port) => ({ ...datagram, ports: [port] }));
    const odd = flows.map((lot) => ((lot.ports[0] ?? 0) % 2 === 1 ? lost(lot) : lot));
    assert.equal(traitsOf(odd), "only packets with odd source ports on the wire (3 of 6), while others pass");
    // A TCP flow that went by several ports tells nothing.
    assert.match(traitsOf([...odd, { ...segment, ports: [50_001, 50_008] }]), /odd source ports/);
  });

  it("is their mark", () => {
    const marked = [184, 184, 184].map((tos) => lost({ ...datagram, tos }));
    assert.match(traitsOf([...marked, datagram, datagram]), /only packets with DSCP 46 \(3 of 5\)/);
  });

  it("is nothing where single packets of all kinds are lost, or so few that it may be chance", () => {
    assert.equal(
      traitsOf([lost(ping), ping, lost(datagram), datagram, lost(syn), syn]),
      "packets of every kind (3 of 6)",
    );
    assert.equal(traitsOf([lost({ ...segment, came: 100 }, 1), ...pings]), "packets of every kind (1 of 105)");
  });
});
