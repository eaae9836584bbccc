import assert from "node:assert/strict";
import { destinationOf } from "./destination.ts";

describe("a route's destination", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["198.19.0.1/32", "198.19.0.1"],
    ["198.19.0.1", "198.19.0.1"],
    ["198.19.0.64/26", "198.19.0.64/26"],
    ["FD00:0::1/128", "fd00::1"],
    ["fd00:0:0:1::/64", "fd00:0:0:1::/64"],
    ["fd00::32/32", "fd00::32/32"],
    ["default", "default"],
    ["", ""],
  ];
  for (const [text, spelling] of cases) {
    it(`has one spelling: ${JSON.stringify(text)}`, () => {
      assert.equal(destinationOf(text), spelling);
    });
  }
});
