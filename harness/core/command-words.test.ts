import assert from "node:assert/strict";
import { asTyped } from "./command-words.ts";

describe("our commands in texts", () => {
  const text = "npm run lab -- down 7f3kq, then: npm run suite -- --mode VXLAN (npm run suite)";

  it("are npm scripts in a clone", () => {
    assert.equal(asTyped(text), text);
  });

  it("are the package's program where it is installed", () => {
    const told = "npx encaplab down 7f3kq, then: npx encaplab suite --mode VXLAN (npx encaplab suite)";
    assert.equal(asTyped(text, "package"), told);
  });
});
