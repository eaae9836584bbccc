import assert from "node:assert/strict";
import { enumeratePaths } from "../encap/enumerate.ts";
import { expectPath } from "../encap/expect.ts";
import { modeOf, planOf } from "../encap/plan.fixture.ts";
import { identitiesFromAllocation } from "../encap/planned-identities.ts";
import { sharedBy } from "./plan-shared.ts";
import { planProbes } from "./plan-probes.ts";

const plan = await planOf("shared-service");
const kinds = new Set(["ping", "udp", "curl", "bulk", "mtu", "sweep"] as const);

const planned = (modeId: "vxlan-cross-subnet" | "none", ends = "") => {
  const mode = modeOf(modeId);
  const identities = identitiesFromAllocation(plan, mode);
  const paths = enumeratePaths(plan, mode, "quick").filter(({ id }) => id.endsWith(ends));
  const expectations = paths.map((path) => expectPath(plan, mode, identities, path));
  return planProbes(expectations, { seed: "s", kinds });
};

describe("probes of Services with several backends", () => {
  it("are as many connections of TCP and of UDP from each source as tell that a backend is left out", () => {
    const own = planned("vxlan-cross-subnet").filter(({ path }) => path.backends !== undefined);
    const counts = new Map<string, number>();
    for (const { kind, path } of own) {
      const key = `${kind} from ${path.source.node}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    const expected = ["a1", "a2", "b1", "b2"].flatMap((node) => [
      [`curl from ${node}`, 35],
      [`udp from ${node}`, 35],
    ]);
    assert.deepEqual([...counts], expected);
    assert.ok(own.every(({ dials }) => dials === "198.19.192.19"));
  });

  it("are as many where one backend alone is asked about", () => {
    const own = planned("vxlan-cross-subnet", "a1->web->b1");
    assert.equal(own.filter(({ kind }) => kind === "curl").length, 35);
    assert.deepEqual([...new Set(own.map(({ path }) => sharedBy(path)))], ["vxlan-cross-subnet 4 a1 web"]);
  });

  it("have tokens of their own, apart from those of all other probes", () => {
    const tokens = planned("vxlan-cross-subnet").map(({ token }) => JSON.stringify(token));
    assert.equal(new Set(tokens).size, tokens.length);
    const ports = planned("vxlan-cross-subnet").flatMap(({ token }) =>
      token.kind === "tcp-port" && token.side === "client" ? [token.port] : [],
    );
    assert.equal(new Set(ports).size, ports.length);
  });

  it("wait briefly where packets to one of the backends must end", () => {
    const own = planned("none").filter(({ path }) => path.backends !== undefined);
    assert.ok(own.length > 0 && own.every(({ dies }) => dies === true));
  });
});
