import assert from "node:assert/strict";
import { isExpired, isWaivedBy, parseWaivers } from "./waiver.ts";

const whole = `waivers:
  - id: vxlan-cross-subnet/pod-to-pod/*/v4/a1->b1
    check: no-leak
    reason: known
    who: network team
    until: 2030-12-31
`;

describe("waivers", () => {
  it("reads a file", () => {
    assert.deepEqual(parseWaivers(whole, "w.yaml"), [
      {
        id: "vxlan-cross-subnet/pod-to-pod/*/v4/a1->b1",
        check: "no-leak",
        reason: "known",
        who: "network team",
        until: "2030-12-31",
      },
    ]);
  });

  it("lists everything that is wrong, with its place", () => {
    const text = 'waivers:\n  - id: "*"\n    reason: known\n    until: tomorrow\n    note: x\n';
    assert.throws(
      () => parseWaivers(text, "w.yaml"),
      ({ message }: Error) => {
        assert.match(message, /w\.yaml:2:9 .*would waive everything/);
        assert.match(message, /w\.yaml:4:12 .*no date/);
        assert.match(message, /w\.yaml:2:5 .*who: missing|who: missing/);
        assert.match(message, /w\.yaml:5:5 .*unknown key/);
        return true;
      },
    );
    assert.throws(() => parseWaivers("", "w.yaml"), /empty/);
  });

  it("speaks of the check, the configuration and the whole id", () => {
    const [waiver] = parseWaivers(whole, "w.yaml");
    assert.ok(waiver);
    const id = "vxlan-cross-subnet/pod-to-pod/cross-subnet/v4/a1->b1";
    assert.equal(isWaivedBy(waiver, { id, check: "no-leak" }, "x"), true);
    assert.equal(isWaivedBy(waiver, { id, check: "reached" }, "x"), false);
    assert.equal(isWaivedBy(waiver, { id: `${id}2`, check: "no-leak" }, "x"), false);
    assert.equal(
      isWaivedBy({ ...waiver, on: "kernel 6.1" }, { id, check: "no-leak" }, "two-racks · kernel 6.12"),
      true,
    );
    assert.equal(isWaivedBy({ ...waiver, on: "kernel 5" }, { id, check: "no-leak" }, "two-racks · kernel 6.12"), false);
  });

  it("counts on its last day", () => {
    const [waiver] = parseWaivers(whole, "w.yaml");
    assert.ok(waiver);
    assert.deepEqual([isExpired(waiver, "2030-12-31"), isExpired(waiver, "2031-01-01")], [false, true]);
  });
});
