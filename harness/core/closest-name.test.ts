import assert from "node:assert/strict";
import { didYouMean } from "./closest-name.ts";

describe("the name that was meant", () => {
  const names = ["two-racks", "slash-32-node-address", "VXLANCrossSubnet", "VXLAN"];

  it("is one of which little differs", () => {
    assert.equal(didYouMean("two-rakcs", names), " (did you mean two-racks?)");
  });

  it("or one that the word is a part of", () => {
    assert.equal(didYouMean("slash-32", names), " (did you mean slash-32-node-address?)");
    assert.equal(didYouMean("vxlancross", names), " (did you mean VXLANCrossSubnet?)");
  });

  it("is none where nothing is near", () => {
    for (const word of ["nonsense", "32", ""]) assert.equal(didYouMean(word, names), "");
  });
});
