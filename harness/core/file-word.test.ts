import assert from "node:assert/strict";
import { fileWord } from "./file-word.ts";

describe("words of file names", () => {
  it("keep letters, digits, dots and underscores, and neither begin nor end with a hyphen", () => {
    assert.equal(fileWord("none (step 2, from VXLAN)"), "none-step-2-from-VXLAN");
    assert.equal(fileWord("kernel 6.12"), "kernel-6.12");
    assert.equal(fileWord("a/../b_c"), "a-..-b_c");
  });
});
