import assert from "node:assert/strict";
import { LabError } from "../core/errors.ts";
import { eachInFakeWorld, fakeFault as fault, modesOf, suiteThat } from "./fake-run.fixture.ts";
import type { RunOrder } from "./order.ts";
import type { RunServices } from "./services.ts";

describe("trouble in a phase of a run", () => {
  const at = eachInFakeWorld();
  const { run, assertNothingLeft } = at;

  const failing = (pattern: RegExp): void => {
    at.world.hook = (_, command) => {
      if (pattern.test(command)) throw new LabError("it is broken");
    };
  };
  const rows: readonly {
    readonly phase: string;
    readonly break: () => Partial<RunServices>;
    readonly order?: Partial<RunOrder>;
  }[] = [
    {
      phase: "lab",
      break: () => {
        const provision = (): Promise<never> => Promise.reject(new LabError("it is broken"));
        return { variants: [{ providers: [{ ...at.world.provider, provision }] }] };
      },
    },
    {
      phase: "dataplane",
      break: () => {
        const install = (): Promise<never> => Promise.reject(new LabError("it is broken"));
        return { dataplane: { ...at.world.dataplane, install } };
      },
    },
    {
      phase: "dataplane",
      break: () => {
        const missing = (): Promise<never> => Promise.reject(new LabError("it is broken"));
        return { dataplane: { ...at.world.dataplane, missing } };
      },
    },
    {
      phase: "fault fake-fault",
      break: () => ({}),
      order: { fault: { ...fault, apply: () => Promise.reject(new LabError("it is broken")) } },
    },
    { phase: "servers", break: () => (failing(/HTTP\/1\.0/), {}) },
    { phase: "capture", break: () => (failing(/tcpdump -i any/), {}) },
    { phase: "capture self-check", break: () => (failing(/ping -n -c 1 -W 1 198/), {}) },
    { phase: "probes", break: () => (failing(/curl/), {}) },
    { phase: "collect", break: () => (failing(/--count/), {}) },
    {
      phase: "verdicts",
      break: () => {
        // The first look is before the probes.
        let looks = 0;
        const facts: RunServices["dataplane"]["facts"] = (network) =>
          looks++ === 0 ? at.world.dataplane.facts(network) : Promise.reject(new LabError("it is broken"));
        return { dataplane: { ...at.world.dataplane, facts } };
      },
    },
    {
      phase: "throughput",
      break: () => (failing(/iperf3 -c/), { suites: [suiteThat({ measures: ["throughput"] })] }),
    },
  ];
  for (const { phase, break: breakIt, order = {} } of rows) {
    it(`${phase}: stands in the record, exit code 3, nothing is left`, async () => {
      const record = await run(order, breakIt());
      assert.deepEqual(
        record.troubles.map((trouble) => trouble.phase),
        [phase],
      );
      assert.match(record.troubles[0]?.message ?? "", /broken/);
      assert.equal(record.exitCode, 3);
      assertNothingLeft();
    });
  }

  it("of one mode leaves the others alone", async () => {
    const dataplane: RunServices["dataplane"] = {
      ...at.world.dataplane,
      install: (mode, lab, scope) =>
        mode.id === "none"
          ? Promise.reject(new LabError("it is broken"))
          : at.world.dataplane.install(mode, lab, scope),
    };
    const record = await run({ modes: modesOf("vxlan-always", "none", "vxlan-cross-subnet") }, { dataplane });
    assert.equal(record.summary.pass, 2);
    assert.equal(record.exitCode, 3);
    assertNothingLeft();
  });

  it("that comes with a clean-up that fails: both are told", async () => {
    const dataplane: RunServices["dataplane"] = {
      ...at.world.dataplane,
      install: (mode, _, scope) => {
        scope.defer("remove pods", () => Promise.reject(new LabError("they are stuck")));
        return Promise.reject(new LabError(`${mode.id} is broken`));
      },
    };
    const record = await run({}, { dataplane });
    assert.deepEqual(record.troubles.map(({ phase }) => phase).sort(), ["dataplane", "tear-down"]);
    assert.equal(record.exitCode, 3);
  });
});
