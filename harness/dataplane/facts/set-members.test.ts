import assert from "node:assert/strict";
import { parseIptablesDrops, parseNftDrops } from "./parse-drops.ts";
import { ipsetMembers, nftSetMembers } from "./set-members.ts";

const ruleset = `table ip x {
	set bad {
		type ipv4_addr . inet_service
		flags interval
		elements = { 198.19.0.129 . 8080-8090,
			     1.1.1.1 . 5,
			     1.1.1.2 . 5 }
	}
	set long {
		elements = { 1.1.1.1, 1.1.1.2,
			     1.1.1.3, 1.1.1.4,
			     1.1.1.5, 1.1.1.6,
	set empty {
	}
	set cut {
		elements = { 2.2.2.2 counter packets 0 bytes 0 timeout 30s expires 29s984ms, 2.2.2.3 timeout 40s comment "a, b" }
	}
	map m {
		type ipv4_addr : verdict
		elements = { 1.1.1.1 : drop, 1.1.1.2 : accept }
	}
	chain f {
		type filter hook forward priority filter; policy accept;
		ip daddr . tcp dport @bad drop
		ip saddr @empty drop
		ip saddr != @long counter packets 3 bytes 252 drop
		ip daddr vmap @m
		ip saddr != @cut add @cut { ip saddr } drop
	}
}
table inet x {
	set bad {
		elements = { 9.9.9.9 }
	}
}
`;

describe("what is in a set that a rule asks", () => {
  it("is told by table, the first of many, without what elements say beside themselves", () => {
    assert.deepEqual(
      [...nftSetMembers(ruleset)],
      [
        ["ip x @bad", "198.19.0.129 . 8080-8090, 1.1.1.1 . 5, 1.1.1.2 . 5"],
        ["ip x @long", "1.1.1.1, 1.1.1.2, 1.1.1.3, 1.1.1.4, …"],
        ["ip x @cut", "2.2.2.2, 2.2.2.3"],
        ["ip x @m", "1.1.1.1 : drop, 1.1.1.2 : accept"],
        ["inet x @bad", "9.9.9.9"],
      ],
    );
  });

  it("stands beside the rule, not in it: members come and go while it counts", () => {
    assert.deepEqual(
      parseNftDrops(ruleset).map(({ rule, members }) => [rule, members]),
      [
        ["ip daddr . tcp dport @bad drop", "@bad: 198.19.0.129 . 8080-8090, 1.1.1.1 . 5, 1.1.1.2 . 5"],
        ["ip saddr @empty drop", undefined],
        ["ip saddr != @long drop", "@long: 1.1.1.1, 1.1.1.2, 1.1.1.3, 1.1.1.4, …"],
        ["ip daddr vmap @m", "@m: 1.1.1.1 : drop, 1.1.1.2 : accept"],
        ["ip saddr != @cut add @cut { ip saddr } drop", "@cut: 2.2.2.2, 2.2.2.3"],
      ],
    );
  });

  it("is told of ipset(8) too", () => {
    const saved = `create blocked hash:net family inet hashsize 1024 maxelem 65536
add blocked 198.19.0.0/26
add blocked 1.2.3.4 timeout 30
`;
    assert.deepEqual([...ipsetMembers(saved)], [["blocked", "198.19.0.0/26, 1.2.3.4"]]);
    const rules = `*filter
:FORWARD ACCEPT [0:0]
[2:168] -A FORWARD -m set --match-set blocked src -j DROP
[2:168] -A FORWARD -m set --match-set other src -j DROP
COMMIT
`;
    assert.deepEqual(
      parseIptablesDrops(`${rules}${saved}`, "iptables").map(({ members }) => members),
      ["blocked: 198.19.0.0/26, 1.2.3.4", undefined],
    );
  });
});
