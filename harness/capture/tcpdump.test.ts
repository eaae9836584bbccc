import assert from "node:assert/strict";
import { interfaceNames } from "./capture-folder.ts";
import { listening, parseCount, parseSummary } from "./tcpdump.ts";

// What tcpdump 4.99.3 (Debian 12) printed.
const banner = "tcpdump: listening on any, link-type LINUX_SLL2 (Linux cooked v2), snapshot length 256 bytes";

describe("what tcpdump prints", () => {
  it("tells when it listens", () => {
    assert.match(banner, listening);
    assert.doesNotMatch("tcpdump: data link type LINUX_SLL2", listening);
  });

  it("tells what it captured, received and lost", () => {
    const stderr = `${banner}\n84 packets captured\n90 packets received by filter\n6 packets dropped by kernel\n`;
    assert.deepEqual(parseSummary(stderr), { captured: 84, receivedByFilter: 90, droppedByKernel: 6 });
    const one = `${banner}\n1 packet captured\n1 packet received by filter\n0 packets dropped by kernel\n`;
    assert.equal(parseSummary(one)?.captured, 1);
  });

  it("tells nothing when it was killed", () => {
    assert.equal(parseSummary(`${banner}\n`), undefined);
  });

  it("counts a file", () => {
    assert.equal(parseCount("84 packets\n"), 84);
    assert.equal(parseCount("1 packet\n"), 1);
    assert.equal(parseCount("tcpdump: unrecognized option '--count'"), undefined);
  });

  it("leaves the names of interfaces to ip(8)", () => {
    const json = '[{"ifindex":1,"ifname":"lo"},{},{"ifindex":7,"ifname":"cali12345678901"}]';
    assert.deepEqual(
      [...interfaceNames(json)],
      [
        [1, "lo"],
        [7, "cali12345678901"],
      ],
    );
  });
});
