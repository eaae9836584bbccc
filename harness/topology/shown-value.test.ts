import assert from "node:assert/strict";
import { shownValue } from "../core/shown-value.ts";

describe("shownValue", () => {
  it("quotes what is short and never what is long, which may be a secret", () => {
    assert.equal(shownValue("198.18.1.0/33"), '"198.18.1.0/33"');
    assert.equal(shownValue(9000), "9000");
    assert.equal(shownValue("-----BEGIN PRIVATE KEY----- ".repeat(50)), "a text of 1400 characters");
    assert.equal(shownValue(["x".repeat(80)]), "a list of 1 entries");
    assert.equal(shownValue({ key: "x".repeat(80) }), "a map");
  });
});
