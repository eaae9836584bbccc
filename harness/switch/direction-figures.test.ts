import assert from "node:assert/strict";
import type { ExpectedDirection } from "../encap/expectation.ts";
import { directionFigures, type Turn } from "./direction-figures.ts";
import { Flight } from "./flight.ts";
import type { Place } from "./place.ts";
import { Moments } from "./moments.ts";
import type { DirectionRecord } from "./switch-record.ts";
import { wireForms } from "./wire-form.ts";

const [plain, vxlan] = [wireForms.indexOf("plain"), wireForms.indexOf("vxlan")];
const place = (change: Partial<Place>): Place => ({
  isFirst: false,
  isLast: false,
  isExit: false,
  isUnderlay: false,
  tap: "a1/eth0",
  allowed: new Set([vxlan, plain]),
  offTheWay: false,
  ...change,
});
const first = place({ isFirst: true, tap: "a1/cali1" });
const exit = place({ isExit: true, isUnderlay: true });
const last = place({ isLast: true, tap: "b1/cali1" });
const way = (underlay: "plain" | "vxlan", dies = false): ExpectedDirection => ({
  hops: [],
  underlay,
  sources: [],
  destination: "",
  ...(dies ? { dies: { node: "tor", because: "no route" } } : {}),
});
const turn: Turn = { before: way("vxlan"), after: way("plain") };
const moments = new Moments(100, 101, 103);

/** A packet every 10 ms for 3 s, delivered 0.2 ms later; the form changes at 101.5. */
function flightOf(fate: (number: number) => "lost" | "late" | "fine" = () => "fine"): Flight {
  const flight = new Flight();
  for (let number = 0; number < 300; number += 1) {
    const at = 100 + number / 100;
    flight.note(first, number, at, plain);
    flight.note(exit, number, at + 0.0001, at < 101.5 ? vxlan : plain);
    const is = fate(number);
    if (is !== "lost") flight.note(last, number, at + (is === "late" ? 0.3 : 0.0002), plain);
  }
  return flight;
}

const figures = (flight: Flight, own: Turn = turn): DirectionRecord =>
  directionFigures("forward", own, flight, moments);

describe("figures of one direction", () => {
  it("tell when the form changed, and that nothing was lost", () => {
    const record = figures(flightOf());
    assert.equal(record.lost, 0);
    assert.equal(record.sent, 300);
    assert.ok(record.gapMs < 1);
    assert.ok(Math.abs((record.firstNewMs ?? 0) - 500.1) < 0.2, String(record.firstNewMs));
    assert.ok(Math.abs((record.lastOldMs ?? 0) - 490.1) < 0.2, String(record.lastOldMs));
    assert.equal(record.staysOld, undefined);
    assert.deepEqual(
      record.bands.map(({ forms }) => forms.join()),
      ["vxlan", "plain"],
    );
  });

  it("measure an outage from the first missing packet to the next arrival", () => {
    const record = figures(flightOf((number) => (number >= 120 && number < 140 ? "lost" : "fine")));
    assert.equal(record.lost, 20);
    assert.ok(Math.abs(record.gapMs - 200.2) < 0.2, String(record.gapMs));
    assert.equal(record.gapAtMs, 200);
    assert.deepEqual(record.lostAt, [{ fromMs: 200, toMs: 400, packets: 20 }]);
  });

  it("take a packet that comes late for a gap, and a sender that pauses for none", () => {
    assert.ok(Math.abs(figures(flightOf((number) => (number === 200 ? "late" : "fine"))).gapMs - 300) < 0.5);
    const flight = new Flight();
    for (const at of [100, 100.01, 102, 102.01]) {
      const number = flight.sentAt.length;
      flight.note(first, number, at, plain);
      flight.note(last, number, at + 0.0002, plain);
    }
    assert.ok(figures(flight).gapMs < 1);
  });

  it("take neither the path's own delay nor the difference of two clocks for a gap", () => {
    const flight = new Flight();
    for (let number = 0; number < 200; number += 1) {
      const at = 100 + number / 100;
      flight.note(first, number, at, plain);
      if (number < 100 || number >= 120) flight.note(last, number, at + 5, plain);
    }
    assert.equal(figures(flight).gapMs, 200);
  });

  it("count packets that nobody saw leave as lost, at the time between their neighbors", () => {
    const flight = new Flight();
    for (let number = 0; number < 100; number += 1) {
      if (number >= 40 && number < 60) continue;
      flight.note(first, number, 100 + number / 100, plain);
      flight.note(last, number, 100 + number / 100, plain);
    }
    const { lost, gapMs, gapAtMs } = figures(flight);
    assert.equal(lost, 20);
    assert.equal(gapMs, 200);
    assert.equal(gapAtMs, -600);
  });

  it("say that nothing came any more", () => {
    const record = figures(flightOf((number) => (number >= 200 ? "lost" : "fine")));
    assert.equal(record.silent, true);
    assert.equal(record.gapMs, 1000);
  });

  it("judge no packets that must not arrive in a mode", () => {
    const dying = figures(
      flightOf((number) => (number >= 150 ? "lost" : "fine")),
      { ...turn, after: way("plain", true) },
    );
    assert.equal(dying.lost, 0);
    assert.equal(dying.sent, 150);
    assert.ok(Math.abs((dying.endsAtMs ?? 0) - 490.2) < 0.2, String(dying.endsAtMs));
    const born = figures(
      flightOf((number) => (number < 150 ? "lost" : "fine")),
      { ...turn, before: way("vxlan", true) },
    );
    assert.equal(born.lost, 0);
    assert.ok(Math.abs((born.beginsAtMs ?? 0) - 500.2) < 0.2, String(born.beginsAtMs));
  });

  it("count duplicates, and packets that were overtaken", () => {
    const flight = flightOf();
    flight.note(last, 299, 103, plain);
    assert.equal(figures(flight).duplicated, 1);
    const late = new Flight();
    for (const number of [0, 2, 1, 3]) {
      late.note(first, number, 100 + number / 100, plain);
      late.note(last, number, 100.1, plain);
    }
    assert.equal(figures(late).reordered, 1);
  });

  it("tell leaks, detours, and a form that stays", () => {
    const flight = flightOf();
    const ipip = wireForms.indexOf("ipip");
    flight.note(exit, 7, 101.2, ipip);
    flight.note(place({ isUnderlay: true, offTheWay: true, tap: "tor/eth0" }), 8, 101.3, plain);
    const record = figures(flight);
    assert.deepEqual(record.leaks, [{ tap: "a1/eth0", form: "ipip", packets: 1, fromMs: 200, toMs: 200 }]);
    assert.deepEqual(record.detours, [{ tap: "tor/eth0", form: "plain", packets: 1, fromMs: 300, toMs: 300 }]);
    const stays = new Flight();
    stays.note(exit, 0, 102, vxlan);
    assert.equal(figures(stays).staysOld, true);
  });
});
