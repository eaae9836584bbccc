import assert from "node:assert/strict";
import { InterruptedError, LabError } from "../core/errors.ts";
import { labOfRun } from "../core/run-id.ts";
import type { Fault } from "../fault/fault.ts";
import type { Capability } from "../lab/lab.ts";
import { gateProfile } from "../measure/profiles.ts";
import type { Provider } from "../provider/provider.ts";
import { fakeWorld, modesOf, orderIn, servicesIn, suiteThat, type FakeWorld } from "./fake-run.fixture.ts";
import type { RunOrder } from "./order.ts";
import type { RunRecord } from "./record.ts";
import { runModes } from "./runner.ts";
import type { RunServices } from "./services.ts";

const fault: Fault = {
  name: "fake-fault",
  title: "",
  describes: "",
  modes: ["vxlan-always"],
  needs: [],
  apply: () => Promise.resolve({ did: [] }),
  trips: [],
};

const gated = { profile: gateProfile, limits: [] };

describe("run on a machine in memory", () => {
  let world: FakeWorld;
  beforeEach(async () => {
    world = await fakeWorld();
  });
  afterEach(() => {
    world.close();
  });

  const run = (order: Partial<RunOrder> = {}, services: Partial<RunServices> = {}): Promise<RunRecord> =>
    runModes(orderIn(world, order), servicesIn(world, services));

  const assertNothingLeft = (): void => {
    assert.deepEqual([...world.machine.labs.keys()], []);
    assert.deepEqual([...world.installed], []);
  };

  it("passes, and leaves nothing", async () => {
    const record = await run();
    assert.deepEqual(record.troubles, []);
    assert.equal(record.exitCode, 0);
    assert.deepEqual(record.summary, { pass: 1, fail: 0, inconclusive: 0, skip: 0 });
    assert.deepEqual(world.log, ["build", "install vxlan-always", "remove vxlan-always", "destroy"]);
    assertNothingLeft();
  });

  it("puts several modes on one lab, one after the other", async () => {
    const record = await run({ modes: modesOf("vxlan-always", "none", "vxlan-cross-subnet") });
    assert.deepEqual(world.log, [
      "build",
      ...["install vxlan-always", "remove vxlan-always", "install none", "remove none"],
      ...["install vxlan-cross-subnet", "remove vxlan-cross-subnet", "destroy"],
    ]);
    assert.deepEqual(
      record.scenarios.map(({ mode, phases }) => [mode, phases[0]?.phase]),
      [
        ["vxlan-always", "lab"],
        ["none", "dataplane"],
        ["vxlan-cross-subnet", "dataplane"],
      ],
    );
    assert.equal(record.exitCode, 0);
  });

  describe("with modes on two providers", () => {
    const providers = (): Partial<RunServices> => {
      const vxlanOnly = { ...world.provider, name: "cheap", capabilities: new Set<Capability>(["vxlan"]) };
      return { variants: [{ providers: [vxlanOnly, world.provider] }] };
    };
    const modes = modesOf("ipip-always", "vxlan-always");

    it("builds the second lab beside the first, which is that of the cheaper provider", async () => {
      const ids: string[] = [];
      world.onEvent = (event) => {
        if (event.kind === "phase-ended" && event.phase === "verdicts") ids.push(...world.machine.labs.keys());
      };
      const record = await run({ modes }, providers());
      assert.deepEqual(record.troubles, []);
      assert.deepEqual(world.log, [
        ...["build", "build", "install vxlan-always", "remove vxlan-always", "destroy"],
        ...["install ipip-always", "remove ipip-always", "destroy"],
      ]);
      assert.deepEqual(ids.slice(0, 2), [record.id, labOfRun(record.id, 1)], "each lab tells whose it is");
      assert.deepEqual(
        record.scenarios.map(({ mode, phases }) => [mode, phases[0]?.phase]),
        [
          ["vxlan-always", "lab"],
          ["ipip-always", "lab"],
        ],
      );
      assertNothingLeft();
    });

    it("builds one after the other where figures are taken in several labs", async () => {
      const apart = ["build", "install ipip-always", "remove ipip-always", "destroy", "build"];
      for (const order of [{ profile: "full" }, { measuring: { ...gated, compared: "plain", seed: 1 } }] as const) {
        world.log.length = 0;
        await run({ modes, ...order }, providers());
        assert.deepEqual(
          world.log.filter((line) => !line.includes("none")).slice(0, apart.length),
          apart,
          JSON.stringify(order),
        );
      }
    });

    for (const phase of ["lab", "dataplane", "probes", "verdicts"]) {
      it(`interrupted before ${phase}: nothing is left of either`, async () => {
        world.onEvent = (event) => {
          if (event.kind === "phase-started" && event.phase === phase) interrupt();
        };
        const record = await run({ modes }, providers());
        assert.equal(record.exitCode, 130);
        assert.deepEqual(record.troubles, []);
        assertNothingLeft();
      });
    }

    it("judges the first when the second cannot be built, and says so once", async () => {
      const services = providers();
      const [cheap] = services.variants?.[0]?.providers ?? [];
      const provision = (): Promise<never> => Promise.reject(new LabError("it is broken"));
      const both = [cheap, { ...world.provider, provision }].flatMap((one) => one ?? []);
      const record = await run({ modes }, { variants: [{ providers: both }] });
      assert.deepEqual(
        record.troubles.map(({ phase, message }) => [phase, message]),
        [["lab", "it is broken"]],
      );
      assert.deepEqual(
        record.scenarios.map(({ mode }) => mode),
        ["vxlan-always"],
      );
      assertNothingLeft();
    });
  });

  describe("interrupted before a phase", () => {
    // What the run itself tells, so that a phase that is added is interrupted too.
    const phases = [
      "lab",
      "dataplane",
      "fault fake-fault",
      "servers",
      "capture",
      "capture self-check",
      "probes",
      "collect",
    ];
    for (const phase of [...phases, "verdicts"]) {
      it(`${phase}: nothing is left, and the exit code is 130`, async () => {
        world.onEvent = (event) => {
          if (event.kind === "phase-started" && event.phase === phase) interrupt();
        };
        const record = await run({ fault });
        assert.equal(record.exitCode, 130);
        assert.deepEqual(record.troubles, []);
        assert.deepEqual(record.verdicts, []);
        assertNothingLeft();
      });
    }

    it("knows every phase of a run", async () => {
      await run({ fault });
      const told = world.events.flatMap((event) => (event.kind === "phase-started" ? [event.phase] : []));
      assert.deepEqual(told, [...phases, "verdicts"]);
    });

    it("of a second mode: the first mode's verdicts stand in the record", async () => {
      let dataplanes = 0;
      world.onEvent = (event) => {
        if (event.kind === "phase-started" && event.phase === "dataplane" && ++dataplanes === 2) interrupt();
      };
      const record = await run({ modes: modesOf("vxlan-always", "none") });
      assert.equal(record.exitCode, 130);
      assert.deepEqual(
        record.scenarios.map(({ mode }) => mode),
        ["vxlan-always"],
      );
      assert.equal(record.summary.pass, 1);
      assertNothingLeft();
    });
  });

  const interrupt = (): void => {
    world.controller.abort(new InterruptedError("SIGINT"));
  };

  it("interrupted while a lab is being built: what comes to be afterwards is removed", async () => {
    const provider = buildingAfter(world, interrupt);
    const record = await run({}, { variants: [{ providers: [provider] }] });
    assert.equal(record.exitCode, 130);
    assert.deepEqual(record.troubles, []);
    assert.equal(world.log.includes("late"), true);
    assertNothingLeft();
  });

  it("tells of what an interrupt could not remove", async () => {
    const provider = { ...buildingAfter(world, interrupt), destroy: () => Promise.reject(new LabError("it is stuck")) };
    const record = await run({}, { variants: [{ providers: [provider] }] });
    assert.equal(record.exitCode, 130);
    assert.match(record.troubles.map(({ phase, message }) => `${phase}: ${message}`).join("\n"), /tear-down: .*stuck/);
  });

  describe("trouble in a phase", () => {
    const failing = (pattern: RegExp): void => {
      world.hook = (_, command) => {
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
          return { variants: [{ providers: [{ ...world.provider, provision }] }] };
        },
      },
      {
        phase: "dataplane",
        break: () => {
          const install = (): Promise<never> => Promise.reject(new LabError("it is broken"));
          return { dataplane: { ...world.dataplane, install } };
        },
      },
      {
        phase: "dataplane",
        break: () => {
          const missing = (): Promise<never> => Promise.reject(new LabError("it is broken"));
          return { dataplane: { ...world.dataplane, missing } };
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
            looks++ === 0 ? world.dataplane.facts(network) : Promise.reject(new LabError("it is broken"));
          return { dataplane: { ...world.dataplane, facts } };
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
        ...world.dataplane,
        install: (mode, lab, scope) =>
          mode.id === "none" ? Promise.reject(new LabError("it is broken")) : world.dataplane.install(mode, lab, scope),
      };
      const record = await run({ modes: modesOf("vxlan-always", "none", "vxlan-cross-subnet") }, { dataplane });
      assert.equal(record.summary.pass, 2);
      assert.equal(record.exitCode, 3);
      assertNothingLeft();
    });

    it("that comes with a clean-up that fails: both are told", async () => {
      const dataplane: RunServices["dataplane"] = {
        ...world.dataplane,
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

  it("keeps the lab in its last mode, labeled, where that is asked for", async () => {
    const order = orderIn(world, { keep: true, modes: modesOf("vxlan-always", "none") });
    const record = await runModes(order, servicesIn(world));
    assert.equal(record.exitCode, 0);
    const [ref, ...others] = await world.provider.discover();
    assert.equal(others.length, 0);
    assert.equal(ref?.runId, order.id);
    assert.equal(ref.state, "kept");
    assert.equal(ref.label?.mode, "none");
    assert.deepEqual([...world.installed], ["none"]);
    assert.equal(world.log.includes("destroy"), false);
  });

  it("judges a lab that stands as it is, and leaves it", async () => {
    const kept = orderIn(world, { keep: true });
    await runModes(kept, servicesIn(world));
    const [ref] = await world.provider.discover();
    assert.ok(ref !== undefined);
    const lab = await world.provider.attach(ref, world.plan);
    const before = [...world.log];
    const record = await run({ standing: { lab, provider: world.provider } });
    assert.equal(record.exitCode, 0);
    assert.deepEqual(world.log, before);
    assert.equal((await world.provider.discover())[0]?.state, "kept");
  });

  it("judges a lab whose pods are older than its mode by the MTU that they were made with", async () => {
    const kept = orderIn(world, { keep: true });
    await runModes(kept, servicesIn(world));
    const [ref] = await world.provider.discover();
    assert.ok(ref !== undefined);
    const lab = await world.provider.attach(ref, world.plan);
    const mtuOf = async (standing: RunOrder["standing"]): Promise<number | undefined> =>
      (await run(standing === undefined ? {} : { standing })).scenarios[0]?.paths[0]?.expectation.podMtu;
    assert.equal(await mtuOf({ lab, provider: world.provider }), 1450);
    assert.equal(await mtuOf({ lab, provider: world.provider, podMtu: 1500 }), 1500);
  });

  it("says that a lab was removed while it was judged, in place of all that failed by it", async () => {
    const kept = orderIn(world, { keep: true });
    await runModes(kept, servicesIn(world));
    const [ref] = await world.provider.discover();
    assert.ok(ref !== undefined);
    const lab = await world.provider.attach(ref, world.plan);
    const said = async (): Promise<readonly (string | number)[]> => {
      const { troubles, exitCode, verdicts } = await run({ standing: { lab, provider: world.provider } });
      return [...troubles.map(({ message }) => message.split("\n")[0] ?? ""), verdicts.length, exitCode];
    };
    world.hook = () => {
      throw new LabError("cannot create x: Directory nonexistent");
    };
    assert.deepEqual(await said(), ["cannot create x: Directory nonexistent", 0, 3]);
    world.hook = () => {
      world.machine.labs.delete(lab.runId);
      throw new LabError("cannot create x: Directory nonexistent");
    };
    assert.deepEqual(await said(), [`lab ${lab.runId} was removed while this run looked at it`, 0, 3]);
  });

  it("skips a mode that no provider can run, and exits 2 where nothing else was asked", async () => {
    const provider: Provider = { ...world.provider, capabilities: new Set() };
    const record = await run({}, { variants: [{ providers: [provider] }] });
    assert.equal(record.exitCode, 2);
    assert.equal(record.summary.skip, 1);
    assert.deepEqual(world.log, []);
  });
});

/** A provider that is interrupted in the middle of building, and whose lab comes to be all the same. */
function buildingAfter(world: FakeWorld, interrupt: () => void): Provider {
  return {
    ...world.provider,
    provision: async (plan, runId, scope) => {
      scope.defer("remove the lab", () => void world.machine.labs.delete(runId));
      setImmediate(interrupt);
      await new Promise((resolve) => setTimeout(resolve, 20));
      const lab = { runId, provider: "fake", plan, nodes: [], routers: [] };
      world.machine.labs.set(runId, { lab, ownerPid: process.pid });
      world.log.push("late");
      return lab;
    },
  };
}
