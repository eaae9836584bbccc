import assert from "node:assert/strict";
import { asTyped, commandTyped } from "./command-words.ts";

describe("our commands in texts", () => {
  const text = "npm run lab -- down 7f3kq, then: npm run suite -- --mode VXLAN (npm run suite)";

  it("are npm scripts in a clone", () => {
    assert.equal(asTyped(text), text);
  });

  it("are those of a record too", () => {
    assert.equal(commandTyped("encaplab suite --mode VXLAN"), "npm run suite -- --mode VXLAN");
    assert.equal(commandTyped("encaplab check 7f3kq"), "npm run lab -- check 7f3kq");
  });

  it("are the package's program where it is installed", () => {
    const told = "npx encaplab down 7f3kq, then: npx encaplab suite --mode VXLAN (npx encaplab suite)";
    assert.equal(asTyped(text, "package"), told);
  });
});
