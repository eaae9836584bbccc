import assert from "node:assert/strict";
import { UsageError } from "../core/errors.ts";
import { modeOption, modeWithId, parseModes, type EncapWord } from "./mode-words.ts";
import { modes, poolsMode } from "./mode.ts";

function ids(words: readonly string[], encap: EncapWord = "all"): string {
  return parseModes(words, encap)
    .map((mode) => mode.id)
    .join(" ");
}

describe("parseModes", () => {
  it("reads short words for both encapsulations, or the one asked for", () => {
    assert.equal(ids(["CrossSubnet"]), "ipip-cross-subnet vxlan-cross-subnet");
    assert.equal(ids(["Always"], "vxlan"), "vxlan-always");
    assert.equal(ids(["Never"], "ipip"), "none");
  });

  it("reads complete modes and ids in any case, repeated or comma separated, each once in canonical order", () => {
    assert.equal(ids(["vxlan,IPIPCROSSSUBNET", "None", "vxlan-always"]), "none ipip-cross-subnet vxlan-always");
    assert.equal(ids([" vxlanCrossSubnet , ipip "]), "ipip-always vxlan-cross-subnet");
  });

  it("reads all, narrowed by the encapsulation", () => {
    assert.equal(ids(["all"]), "none ipip-always ipip-cross-subnet vxlan-always vxlan-cross-subnet");
    assert.equal(ids(["ALL"], "ipip"), "none ipip-always ipip-cross-subnet");
  });

  it("refuses unknown words with a guess and the list", () => {
    assert.throws(
      () => ids(["CrosSubnet"]),
      (error) => {
        assert.ok(error instanceof UsageError);
        assert.equal(error.message, 'unknown mode "CrosSubnet" (did you mean CrossSubnet?)');
        assert.match(error.details.fix ?? "", /Always, CrossSubnet, Never, None, IPIP, IPIPCrossSubnet, VXLAN/);
        return true;
      },
    );
    assert.throws(() => ids(["geneve-for-everybody"]), /unknown mode "geneve-for-everybody"$/);
  });

  it("refuses what leaves nothing, and words that are empty", () => {
    assert.throws(() => ids(["IPIP"], "vxlan"), /--encap vxlan leaves no mode of --mode IPIP/);
    assert.throws(() => ids([]), UsageError);
    const list = "give one of Always, CrossSubnet, Never, None, IPIP, IPIPCrossSubnet, VXLAN, VXLANCrossSubnet, all";
    for (const words of [[], ["IPIP,"], [""]])
      assert.throws(() => ids(words), { message: "--mode names no mode", details: { fix: list } });
    assert.throws(() => parseModes(["IPIP", "IPIPCrossSubnet"], "vxlan"), {
      message: "--encap vxlan leaves no mode of --mode IPIP,IPIPCrossSubnet",
      details: { fix: "leave --encap out, or name a mode with that encapsulation" },
    });
  });

  it("refuses the word for pools that have modes of their own, and says what to say", () => {
    assert.throws(() => ids(["Pools"]), {
      message: "Pools is no mode of all pools",
      details: { fix: "say --pools, and give each pool of the topology its encapsulation" },
    });
  });
});

describe("modes by id", () => {
  it("are those of all pools, and the one in which each pool has its own", () => {
    for (const mode of [...modes, poolsMode]) assert.equal(modeWithId(mode.id), mode);
  });

  it("are asked for by an option that commands take", () => {
    for (const mode of modes) {
      assert.deepEqual(modeOption(mode), ["--mode", mode.calicoName]);
      assert.deepEqual(parseModes([modeOption(mode)[1] ?? ""], "all"), [mode]);
    }
    assert.deepEqual(modeOption(poolsMode), ["--pools"]);
  });
});
