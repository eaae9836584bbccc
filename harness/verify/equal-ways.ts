import { defineCheck } from "./check.ts";
import { conclude, type Finding } from "./conclude.ts";
import { legsOf, mustEnd } from "./path-case.ts";
import { sharesOf, type Shares, type WayShare } from "./way-shares.ts";
import { doubtAbout } from "./tap-trust.ts";
import { listOf, nameOfTap } from "./words.ts";

/** Source ports from which on chance does not send all of them by one of two ways: 2 of 2^16. */
const manyPorts = 16;

/** Of ways of equal cost each passes on all that it gets, and the run tells how many source ports took which. */
export const equalWays = defineCheck({
  of: "path",
  name: "equal-ways",
  part: "encapsulation",
  proves:
    "each of several equal-cost ways (ECMP) passes on all packets that it gets, both ways, and source ports are spread over them",
  judge(pathCase) {
    const shares = legsOf(pathCase.expectation).flatMap((leg) => sharesOf(pathCase, leg) ?? []);
    const [first] = shares;
    if (first === undefined || mustEnd(pathCase)) return undefined;
    const taps = shares.flatMap(({ ways }) => ways.flatMap(({ first: inward, last }) => [inward, last]));
    return conclude(pathCase, "equal-ways", {
      expected: `all that ${listOf(first.ways.map(({ name }) => name))} get goes on, both ways`,
      observed: shares.map(inWords).join("; "),
      findings: shares.flatMap(findingsOf),
      doubts: [...taps.flatMap((tap) => doubtAbout(pathCase, tap) ?? []), ...shares.flatMap(unspread)],
    });
  },
});

/** "forward at leaf-a/eth1: of 19 source ports 10 by spine1, 9 by spine2" */
function inWords({ direction, from, ports, ways }: Shares): string {
  const what = ports.length === 0 ? "packets without ports" : `of ${ports.length} source ports`;
  const own = ways.map((way) => `${ports.length === 0 ? way.came : way.ports.length} by ${way.name}`);
  return `${direction} at ${nameOfTap(from)}: ${what} ${own.join(", ")}`;
}

function findingsOf(shares: Shares): readonly Finding[] {
  const { direction, from, sent, ways } = shares;
  const lost = ways
    .filter(({ came, left }) => left < came)
    .map((way) => ({
      category: "flow-dependent loss" as const,
      reason: `${direction}: ${wayInWords(way)}; ${inWords(shares)}`,
    }));
  const came = ways.reduce((sum, way) => sum + way.came, 0);
  if (came >= sent) return lost;
  const names = listOf(ways.map(({ name }) => name));
  const reason = `${direction}: of ${sent} packets that leave ${nameOfTap(from)} ${sent - came} come to none of ${names}; ${inWords(shares)}`;
  return [...lost, { category: "flow-dependent loss", reason }];
}

/** "spine2 passes on none of 34 packets that come to spine2/eth0, of 7 source ports" */
function wayInWords({ name, first, came, left, ports }: WayShare): string {
  const passed = left === 0 ? "none" : `${left}`;
  const ofPorts = ports.length === 0 ? "" : `, of ${ports.length} source port${ports.length === 1 ? "" : "s"}`;
  return `${name} passes on ${passed} of ${came} packets that come to ${nameOfTap(first)}${ofPorts}`;
}

/** Where many ports all take one way, nobody knows of the others whether they work. */
function unspread({ direction, from, ports, ways }: Shares): readonly string[] {
  const idle = ways.filter(({ came }) => came === 0).map(({ name }) => name);
  if (ports.length < manyPorts || idle.length === 0) return [];
  return [
    `${direction}: of ${ports.length} source ports at ${nameOfTap(from)} none takes ${listOf(idle)}: see whether ports are hashed there (fib_multipath_hash_policy), and its routes`,
  ];
}
