import assert from "node:assert/strict";
import { InterruptedError, LabError } from "../core/errors.ts";
import { labOfRun } from "../core/run-id.ts";
import type { Capability } from "../lab/lab.ts";
import { gateProfile } from "../measure/profiles.ts";
import type { Provider } from "../provider/provider.ts";
import { eachInFakeWorld, fakeFault as fault, modesOf, type FakeWorld } from "./fake-run.fixture.ts";
import type { RunServices } from "./services.ts";

const gated = { profile: gateProfile, limits: [] };

describe("run on a machine in memory", () => {
  const at = eachInFakeWorld();
  const { run, assertNothingLeft } = at;

  it("passes, and leaves nothing", async () => {
    const record = await run();
    assert.deepEqual(record.troubles, []);
    assert.equal(record.exitCode, 0);
    assert.deepEqual(record.summary, { pass: 1, fail: 0, inconclusive: 0, skip: 0 });
    assert.deepEqual(at.world.log, ["build", "install vxlan-always", "remove vxlan-always", "destroy"]);
    assertNothingLeft();
  });

  it("puts several modes on one lab, one after the other", async () => {
    const record = await run({ modes: modesOf("vxlan-always", "none", "vxlan-cross-subnet") });
    assert.deepEqual(at.world.log, [
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
      const vxlanOnly = { ...at.world.provider, name: "cheap", capabilities: new Set<Capability>(["vxlan"]) };
      return { variants: [{ providers: [vxlanOnly, at.world.provider] }] };
    };
    const modes = modesOf("ipip-always", "vxlan-always");

    it("builds the second lab beside the first, which is that of the cheaper provider", async () => {
      const ids: string[] = [];
      at.world.onEvent = (event) => {
        if (event.kind === "phase-ended" && event.phase === "verdicts") ids.push(...at.world.machine.labs.keys());
      };
      const record = await run({ modes }, providers());
      assert.deepEqual(record.troubles, []);
      assert.deepEqual(at.world.log, [
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
        at.world.log.length = 0;
        await run({ modes, ...order }, providers());
        assert.deepEqual(
          at.world.log.filter((line) => !line.includes("none")).slice(0, apart.length),
          apart,
          JSON.stringify(order),
        );
      }
    });

    for (const phase of ["lab", "dataplane", "probes", "verdicts"]) {
      it(`interrupted before ${phase}: nothing is left of either`, async () => {
        at.world.onEvent = (event) => {
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
      const both = [cheap, { ...at.world.provider, provision }].flatMap((one) => one ?? []);
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
        at.world.onEvent = (event) => {
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
      const told = at.world.events.flatMap((event) => (event.kind === "phase-started" ? [event.phase] : []));
      assert.deepEqual(told, [...phases, "verdicts"]);
    });

    it("of a second mode: the first mode's verdicts stand in the record", async () => {
      let dataplanes = 0;
      at.world.onEvent = (event) => {
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
    at.world.controller.abort(new InterruptedError("SIGINT"));
  };

  it("interrupted while a lab is being built: what comes to be afterwards is removed", async () => {
    const provider = buildingAfter(at.world, interrupt);
    const record = await run({}, { variants: [{ providers: [provider] }] });
    assert.equal(record.exitCode, 130);
    assert.deepEqual(record.troubles, []);
    assert.equal(at.world.log.includes("late"), true);
    assertNothingLeft();
  });

  it("tells of what an interrupt could not remove", async () => {
    const provider = {
      ...buildingAfter(at.world, interrupt),
      destroy: () => Promise.reject(new LabError("it is stuck")),
    };
    const record = await run({}, { variants: [{ providers: [provider] }] });
    assert.equal(record.exitCode, 130);
    assert.match(record.troubles.map(({ phase, message }) => `${phase}: ${message}`).join("\n"), /tear-down: .*stuck/);
  });

  it("skips a mode that no provider can run, and exits 2 where nothing else was asked", async () => {
    const provider: Provider = { ...at.world.provider, capabilities: new Set() };
    const record = await run({}, { variants: [{ providers: [provider] }] });
    assert.equal(record.exitCode, 2);
    assert.equal(record.summary.skip, 1);
    assert.deepEqual(at.world.log, []);
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
