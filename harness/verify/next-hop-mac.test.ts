import assert from "node:assert/strict";
import { modeOf, planOf } from "../encap/plan.fixture.ts";
import { identitiesFromAllocation } from "../encap/planned-identities.ts";
import type { Offence, TapReport } from "../sentinel/tap-report.ts";
import { nextHopMac } from "./next-hop-mac.ts";

const plan = await planOf("two-racks");
const mode = modeOf("none");
const identities = identitiesFromAllocation(plan, mode);
const seen: Offence = {
  what: "frames from a1 to a2, sent by 02:00:00:00:ff:99 (nobody's here), not a1/eth0 (02:00:00:00:00:01)",
  packets: 3,
  first: 1_700_000_000.25,
  last: 1_700_000_001,
  lines: ["Ethernet", "IPv4"],
  file: "a1-eth0.pcap",
  number: 7,
};

/** The verdict on one node's tap. */
function judge(report: Partial<TapReport>): string {
  const tap = { node: "a1", device: "eth0" };
  const heard = [{ tap, packets: 0, offences: [], doubts: [], ...report }];
  const [verdict] = nextHopMac.judge({ plan, mode, identities, facts: { nodes: [] }, heard });
  return `${verdict?.status} ${verdict?.category ?? ""}: ${verdict?.reason ?? verdict?.observed ?? ""}`;
}

describe("next-hop-mac", () => {
  it("passes where no tap saw another MAC, and says what was not asked", () => {
    assert.equal(judge({ misaddressed: [] }), "pass : no other MAC");
    assert.match(
      judge({ misaddressed: [], unasked: "the MAC of tor/eth0 is not known" }),
      /^pass : .*; not asked: a1\/eth0: the MAC of tor/,
    );
    assert.deepEqual(nextHopMac.judge({ plan, mode, identities, facts: { nodes: [] } }), []);
  });

  it("says at which taps it was asked, and of which each was not", () => {
    const taps = ["eth0", "eth1"].map((device) => ({ node: "a1", device }));
    const heard = taps.map((tap) => ({
      tap,
      packets: 0,
      offences: [],
      doubts: [],
      misaddressed: [],
      unasked: "no MAC",
    }));
    const [verdict] = nextHopMac.judge({ plan, mode, identities, facts: { nodes: [] }, heard });
    assert.equal(verdict?.check, "next-hop-mac");
    assert.match(
      verdict.expected,
      /^frames from the last hop's MAC to the next hop's at a1\/eth0 and a1\/eth1, from the /,
    );
    assert.equal(verdict.observed, "no other MAC; not asked: a1/eth0: no MAC; a1/eth1: no MAC");
  });

  it("fails with tap, MAC, whose it is, count and times, whatever is in doubt", () => {
    assert.equal(
      judge({ misaddressed: [seen], doubts: ["the kernel dropped 3 packets"] }),
      `fail wrong next hop: a1/eth0: ${seen.what} (3 packets, from 22:13:20.250 to 22:13:21.000)`,
    );
  });

  it("claims nothing where the tap may have been deaf, and asks nothing where no MAC is known", () => {
    assert.match(
      judge({ misaddressed: [], doubts: ["the kernel dropped 3 packets"] }),
      /^inconclusive inconclusive: tap a1/,
    );
    assert.equal(
      judge({ unasked: "the MAC of a1/eth0, tor/eth0 is not known" }),
      "skip : a1/eth0: the MAC of a1/eth0, tor/eth0 is not known",
    );
  });
});
