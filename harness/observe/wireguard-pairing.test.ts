import assert from "node:assert/strict";
import { pairMessages, type Entering, type Leaving } from "./wireguard-pairing.ts";

const mtu = 1440;

describe("pairMessages", () => {
  const enter = (content: string, time: number, length: number, headers?: number): Entering<string> => ({
    content,
    time,
    length,
    ...(headers === undefined ? {} : { headers }),
  });
  const leave = (key: string, time: number, length: number): Leaving => ({ key, time, length });
  const paired = (entering: readonly Entering<string>[], leaving: readonly Leaving[], podMtu = mtu): string =>
    [...pairMessages(entering, leaving, { mtu, podMtu })].map((pair) => pair.join("=")).join(" ");

  it("gives each message the packet whose padded size it has, in the order in which they came", () => {
    const entering = [enter("ping", 1, 84), enter("big", 1.1, 1440), enter("pong", 1.2, 84)];
    const leaving = [leave("m1", 1.01, 96), leave("m2", 1.11, 1440), leave("m3", 1.21, 96)];
    assert.equal(paired(entering, leaving), "m1=ping m2=big m3=pong");
  });

  it("lets packets of different sizes overtake each other, and passes over keepalives", () => {
    const entering = [enter("small", 1, 40), enter("large", 1, 1000)];
    const leaving = [leave("keepalive", 1.01, 0), leave("m1", 1.02, 1008), leave("m2", 1.03, 48)];
    assert.equal(paired(entering, leaving), "m1=large m2=small");
  });

  it("has no packet for a message that none can be in: of another size, or earlier", () => {
    assert.equal(paired([enter("ping", 1, 84)], [leave("m1", 1.1, 112)]), "");
    assert.equal(paired([enter("ping", 2, 84)], [leave("m1", 1, 96)]), "");
    assert.equal(paired([enter("ping", 1, 84)], [leave("m1", 30, 96)]), "", "no packet waits so long");
  });

  it("leaves without message the last of packets of one size, where one was lost", () => {
    const entering = [enter("first", 1, 84), enter("second", 2, 84), enter("third", 3, 84)];
    assert.equal(paired(entering, [leave("m1", 2.1, 96), leave("m2", 3.1, 96)]), "m1=first m2=second");
  });

  it("knows the messages of a segment that the device cuts, of which the first one gets it", () => {
    // 3000 bytes of TCP behind 52 bytes of headers: two full messages of 1388 and one of 224.
    const entering = [enter("segment", 1, 3052, 52), enter("after", 1.1, 1440)];
    const leaving = [leave("m1", 1.01, 1440), leave("m2", 1.01, 1440), leave("m3", 1.01, 288), leave("m4", 1.11, 1440)];
    assert.equal(paired(entering, leaving), "m1=segment m4=after");
  });

  it("knows them where pods' packets are smaller than the device's, so that each message is padded", () => {
    // Of pods with an MTU of 1420: 40 messages of 1368 bytes behind 52 of headers, padded to 1424, and one of 100, as 160.
    const entering = [enter("segment", 1, 52 + 40 * 1368 + 100, 52), enter("ack", 1.005, 148)];
    const full = Array.from({ length: 40 }, (_, index) => leave(`m${index + 1}`, 1.01, 1424));
    const leaving = [...full, leave("last", 1.01, 160), leave("m42", 1.11, 160)];
    assert.equal(paired(entering, leaving, 1420), "m1=segment m42=ack");
    assert.equal(paired(entering, leaving, 1400), "m1=segment m42=ack", "also where nobody knows their size");
  });

  it("does not take the next packet for the rest of a segment that another padding would leave", () => {
    // Ten full messages; with 15 bytes of padding each they would leave 150 bytes more, which is the size of what comes next.
    const entering = [enter("segment", 1, 52 + 10 * 1388, 52), enter("next", 1.005, 52 + 150)];
    const full = Array.from({ length: 10 }, (_, index) => leave(`m${index + 1}`, 1.01, 1440));
    assert.equal(paired(entering, [...full, leave("m11", 1.02, 208)]), "m1=segment m11=next");
  });

  it("does not take the next segment's first message for the rest of one whose last message was lost", () => {
    const entering = [enter("one", 1, 3052, 52), enter("two", 1.1, 1440)];
    const leaving = [leave("m1", 1.01, 1440), leave("m2", 1.01, 1440), leave("m4", 1.11, 1440)];
    assert.equal(paired(entering, leaving), "m1=one m4=two");
  });

  it("takes what came in at the moment of the message, and what has waited as long as a packet may", () => {
    assert.equal(paired([enter("now", 1, 84)], [leave("m1", 1, 96)]), "m1=now");
    assert.equal(paired([enter("old", 1, 84)], [leave("m1", 21, 96)]), "m1=old");
    assert.equal(paired([enter("old", 1, 84)], [leave("m1", 21.001, 96)]), "");
  });

  it("looks no further than so many packets that wait", () => {
    const small = (count: number) => Array.from({ length: count }, (_, index) => enter(`s${index}`, 1, 40));
    assert.equal(paired([...small(63), enter("large", 1, 1000)], [leave("m1", 1.1, 1008)]), "m1=large");
    assert.equal(paired([...small(64), enter("large", 1, 1000)], [leave("m1", 1.1, 1008)]), "");
  });

  it("begins a segment that is cut by a message that is nearly full, and no longer than the device lets through", () => {
    const segment = [enter("segment", 1, 3052, 52)];
    for (const [length, begins] of [
      [1376, false],
      [1377, true],
      [1440, true],
      [1441, false],
    ] as const)
      assert.equal(paired(segment, [leave("m1", 1.1, length)]), begins ? "m1=segment" : "", String(length));
    assert.equal(paired([enter("datagram", 1, 3052)], [leave("m1", 1.1, 1440)]), "", "only TCP is cut");
    assert.equal(paired([enter("full", 1, 1440, 52)], [leave("m1", 1.1, 1440)]), "m1=full", "and fits whole");
    assert.equal(paired([enter("full", 1, 1440, 52)], [leave("m1", 1.1, 1392)]), "", "as one message alone");
  });

  it("knows packets that are padded no further than pods take, as their host has learned", () => {
    // Two segments of 1420 bytes in one, and what comes next: the route to the pod has an MTU of 1420, the device one of 1440.
    const entering = [
      enter("segment", 1, 52 + 2 * 1368, 52),
      enter("full", 1.001, 1420, 52),
      enter("next", 1.002, 1411),
    ];
    const leaving = [1, 2, 3, 4].map((index) => leave(`m${index}`, 1.01, 1420));
    assert.equal(paired(entering, leaving, 1420), "m1=segment m3=full m4=next");
  });
});
