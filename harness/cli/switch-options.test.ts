import assert from "node:assert/strict";
import { UsageError } from "../core/errors.ts";
import { planOf } from "../encap/plan.fixture.ts";
import { oneModeOf, refuseEncrypted, tourModes, tourOf } from "./switch-options.ts";

describe("options of a change of mode", () => {
  it("name modes in the order of the way, some of them again", () => {
    const names = (words: readonly string[] | true): readonly string[] =>
      tourModes(words).map((mode) => mode.calicoName);
    assert.deepEqual(names(["vxlan", "VXLANCrossSubnet", "None", "VXLAN"]), [
      "VXLAN",
      "VXLANCrossSubnet",
      "None",
      "VXLAN",
    ]);
    assert.deepEqual(names(true), ["IPIP", "None", "IPIPCrossSubnet", "IPIP"]);
    const ofVxlan = tourModes(true, ["vxlan"]).map((mode) => mode.calicoName);
    assert.deepEqual(ofVxlan, ["VXLAN", "None", "VXLANCrossSubnet", "VXLAN"]);
  });

  it("are errors where packets are encrypted, since nobody could follow them", async () => {
    const encrypted = await planOf("wireguard");
    assert.throws(() => {
      refuseEncrypted(encrypted);
    }, /which WireGuard encrypts/);
    refuseEncrypted(await planOf("two-racks"));
  });

  it("are errors where they name no way", () => {
    const wrong: readonly (readonly [readonly string[], RegExp])[] = [
      [["VXLAN"], /names one mode alone/],
      [["VXLAN", "None", "None"], /goes from None to itself/],
      [["VXLAN", "CrossSubnet"], /stands for several modes/],
      [["VXLAN", "VXLANN"], /unknown mode/],
    ];
    for (const [words, message] of wrong) {
      assert.throws(
        () => tourModes(words),
        (error) => error instanceof UsageError && message.test(error.message),
      );
    }
    assert.throws(() => tourModes(true, ["None"]), /--mode None names no tour/);
    assert.throws(() => tourModes(["VXLAN", "None"], ["VXLAN"]), /--switch names the modes itself/);
    assert.throws(() => oneModeOf("Always", "--to"), /--to Always stands for several modes/);
  });

  it("make a budget: leaks fail unless they are allowed, gaps and losses where there is a limit", () => {
    const modes = tourModes(["VXLAN", "None"]);
    assert.deepEqual(tourOf(modes, { born: true }), { modes, budget: { leaksAllowed: false }, compareBorn: true });
    assert.deepEqual(tourOf(modes, { born: false, maxGap: 2000, maxLoss: 0.01, allowLeak: true }), {
      modes,
      budget: { leaksAllowed: true, maxGapMs: 2000, maxLoss: 0.01 },
      compareBorn: false,
    });
  });
});
