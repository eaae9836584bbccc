import assert from "node:assert/strict";
import { filterInWords } from "./filter-words.ts";

describe("a packet filter's rule in words", () => {
  it("names the sets' members, and shortens long sets of its own", () => {
    const where = "table ip x chain f";
    assert.equal(
      filterInWords({ where, rule: "ip saddr @bad drop", members: "@bad: 1.1.1.1" }),
      `${where}: ip saddr @bad drop (@bad: 1.1.1.1)`,
    );
    assert.equal(
      filterInWords({
        where,
        rule: "ip saddr { 1.1.1.1, 1.1.1.2, 1.1.1.3, 1.1.1.4, 1.1.1.5 } tcp dport { 80, 443 } drop",
      }),
      `${where}: ip saddr { 1.1.1.1, 1.1.1.2, 1.1.1.3, 1.1.1.4, … } tcp dport { 80, 443 } drop`,
    );
  });
});
