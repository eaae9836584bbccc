import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { heardRules, rules } from "../cause/registry.ts";
import { modes } from "../encap/mode.ts";
import { defineCheck } from "../verify/check.ts";
import { checks } from "../verify/registry.ts";
import { noCause } from "./judge-fault.ts";
import { defineFault, matchesTrip } from "./fault.ts";
import { faults } from "./registry.ts";

describe("the list of faults", () => {
  for (const { name: check } of checks) {
    for (const status of ["fail", "inconclusive"] as const) {
      it(`proves that ${check} can become ${status}`, () => {
        const proving = faults.filter((fault) =>
          fault.trips.some((trip) => trip.check === check && trip.status === status),
        );
        assert.notDeepEqual(proving, []);
      });
    }
  }

  it("has at least one fault for every mode, and each fault at least one trip", () => {
    for (const { id } of modes)
      assert.ok(
        faults.some((fault) => fault.modes.includes(id)),
        id,
      );
    for (const fault of faults) assert.notDeepEqual(fault.trips, [], fault.name);
  });

  it("names for each fault the cause that must come out, of those that there are rules for", () => {
    const known = [...rules, ...heardRules].map(({ name }) => name).concat(noCause);
    for (const { name, cause } of faults) assert.ok(cause !== undefined && known.includes(cause), name);
  });

  it("has a fault for every cause, but those that say why there is none", () => {
    const caused = new Set(faults.map(({ cause }) => cause));
    const without = rules.map(({ name }) => name).filter((name) => !caused.has(name));
    assert.deepEqual(without, []);
  });

  it("names each fault like its file, once", async () => {
    const files = await readdir(new URL(".", import.meta.url));
    const names = faults.map(({ name }) => name);
    for (const name of names) assert.ok(files.includes(`${name}.ts`), name);
    assert.equal(new Set(names).size, names.length);
  });

  it("trips only on what its modes can have", () => {
    for (const { name, modes: ids, trips } of faults) {
      if (ids.includes("none")) {
        assert.equal(
          trips.some(({ check }) => ["encapsulated", "outer-endpoints", "no-leak"].includes(check)),
          false,
          name,
        );
      }
    }
  });
});

describe("a fault of one's own", () => {
  const declared = {
    name: "own",
    title: "something is wrong",
    describes: "an incident",
    modes: ["none"],
    needs: [],
    apply: () => Promise.resolve({ did: [] }),
  } as const;

  it("may trip checks of the registry by name, and own ones", () => {
    const own = defineCheck({ of: "path", name: "short-way", proves: "the way is short", judge: () => undefined });
    const { trips } = defineFault({
      ...declared,
      trips: [
        { check: "reached", status: "fail", path: "*" },
        { check: own, status: "fail", path: "*" },
      ],
    });
    assert.deepEqual(
      trips.map(({ check }) => check),
      ["reached", "short-way"],
    );
  });

  it("is refused where it would prove nothing", () => {
    assert.throws(() => defineFault({ ...declared, trips: [] }), /fault own proves nothing/);
  });
});

describe("a trip's glob", () => {
  const trip = { check: "reached", status: "fail", path: "*/pod-to-pod/cross-subnet/*" } as const;

  it("matches path ids by their parts", () => {
    assert.ok(matchesTrip(trip, "vxlan-always/pod-to-pod/cross-subnet/v4/a1->b1"));
    assert.ok(!matchesTrip(trip, "vxlan-always/pod-to-pod/same-subnet/v4/a1->a2"));
    assert.ok(!matchesTrip({ ...trip, path: "vxlan.always/*" }, "vxlan-always/pod-to-pod"));
  });
});
