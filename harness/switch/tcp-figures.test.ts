import assert from "node:assert/strict";
import { Moments } from "./moments.ts";
import { Segments } from "./segments.ts";
import type { Place } from "./place.ts";
import { tcpFigures } from "./tcp-figures.ts";

const nowhere: Place = {
  isFirst: false,
  isLast: false,
  isExit: false,
  isUnderlay: false,
  tap: "",
  allowed: new Set(),
  offTheWay: false,
};
const source: Place = { ...nowhere, isFirst: true };
const target: Place = { ...nowhere, isLast: true };
const moments = new Moments(100, 101, 103);

/** 500 bytes every 10 ms from 100 to 103, with sequence numbers that wrap; `fate` says which are lost, and later ones wait for them. */
function stream(lostFrom: number, lostTo: number, resentAt: readonly number[]): Segments {
  const segments = new Segments();
  const start = 2 ** 32 - 50_000;
  const send = (number: number, at: number, arrives: boolean): void => {
    const segment = { sequence: (start + number * 500) >>> 0, bytes: 500, isReset: false, isAnswer: false };
    segments.note(source, segment, at, 0);
    if (arrives) segments.note(target, segment, at + 0.0002, 0);
  };
  for (let number = 0; number < lostFrom; number += 1) send(number, 100 + number / 100, true);
  for (let number = lostFrom; number < lostTo; number += 1) send(number, 100 + number / 100, false);
  resentAt.forEach((at, index) => {
    send(lostFrom, at, index === resentAt.length - 1);
  });
  if (resentAt.length === 0 && lostTo > lostFrom) return segments;
  const back = resentAt.at(-1) ?? 100 + lostTo / 100;
  for (let number = lostTo > lostFrom ? lostFrom + 1 : lostFrom; number < 300; number += 1)
    send(number, Math.max(back + 0.001, 100 + number / 100), true);
  return segments;
}

describe("a long TCP connection", () => {
  it("survives without a stall", () => {
    const { outcome, bytes, retransmitted, timeouts, stallMs } = tcpFigures(stream(0, 0, []), undefined, moments);
    assert.deepEqual(
      { outcome, bytes, retransmitted, timeouts },
      { outcome: "survived", bytes: 150_000, retransmitted: 0, timeouts: 0 },
    );
    assert.ok(stallMs < 1);
  });

  it("stalls, with the time-outs that were seen, and goes on", () => {
    const record = tcpFigures(stream(120, 130, [101.41, 101.83]), undefined, moments);
    assert.equal(record.outcome, "stalled");
    assert.equal(record.timeouts, 2);
    assert.ok(Math.abs(record.stallMs - 630.2) < 0.5, String(record.stallMs));
    assert.equal(record.stallAtMs, 200);
    assert.match(record.because, /0\.63 s, 2 retransmission time-outs seen; then it went on/);
  });

  it("stalls to the end", () => {
    const record = tcpFigures(stream(120, 130, []), {}, moments);
    assert.equal(record.outcome, "stalled");
    assert.equal(record.stallMs, 1800);
    assert.match(record.because, /until the end/);
  });

  it("dies of a reset, or as its sender says", () => {
    const reset = stream(0, 0, []);
    reset.note(source, { sequence: 0, bytes: 0, isReset: true, isAnswer: true }, 102, 0);
    assert.deepEqual(tcpFigures(reset, undefined, moments).outcome, "died");
    // The clock of another machine may tell of the sender's own end as if it had come before.
    assert.deepEqual(tcpFigures(reset, {}, moments).outcome, "survived");
    const because = "a reset was seen 1.00 s after the change; the sender says: Connection reset by peer";
    assert.equal(tcpFigures(reset, { dead: "Connection reset by peer" }, moments).because, because);
    const ended = stream(0, 0, []);
    ended.note(source, { sequence: 0, bytes: 0, isReset: true, isAnswer: false }, 103.1, 0);
    assert.equal(tcpFigures(ended, undefined, moments).outcome, "survived");
    const told = tcpFigures(stream(120, 130, []), { dead: "Connection timed out" }, moments);
    assert.equal(told.outcome, "died");
    assert.match(told.because, /Connection timed out/);
  });
});
