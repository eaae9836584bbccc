import assert from "node:assert/strict";
import { InterruptedError, LabError } from "../core/errors.ts";
import type { Dataplane } from "../dataplane/dataplane.ts";
import { bringUp, type KeptLab } from "./bring-up.ts";
import { compareDataplanes } from "./compare-dataplanes.ts";
import { fakeWorld, modesOf, type FakeWorld } from "./fake-run.fixture.ts";

describe("labs in memory", () => {
  let world: FakeWorld;
  beforeEach(async () => {
    world = await fakeWorld();
  });
  afterEach(() => {
    world.close();
  });

  const [mode] = modesOf("vxlan-always");
  assert.ok(mode !== undefined);
  const order = { id: "7f3kq", modes: [mode] } as const;

  const up = (dataplane: Dataplane = world.dataplane): Promise<KeptLab> => {
    const { plan, provider, controller } = world;
    return bringUp({ ...order, plan }, { providers: [provider], dataplane, signal: controller.signal });
  };
  const assertNothingLeft = (): void => {
    assert.deepEqual([...world.machine.labs.keys()], []);
    assert.deepEqual([...world.installed], []);
  };

  it("stay up, labeled, with the way into every router, node and pod", async () => {
    const { enter } = await up();
    const [ref] = await world.provider.discover();
    assert.equal(ref?.state, "kept");
    assert.equal(ref.label?.mode, "vxlan-always");
    assert.deepEqual([...world.installed], ["vxlan-always"]);
    assert.deepEqual(enter.slice(0, 2), [
      { name: "tor", command: "enter 7f3kq tor sh" },
      { name: "a1", command: "enter 7f3kq a1 sh" },
    ]);
    assert.deepEqual(enter.at(-1), { name: "b2-p2", command: "enter b2-p2" });
  });

  it("are removed where the mode cannot be put into effect", async () => {
    const install = (): Promise<never> => Promise.reject(new LabError("it does not converge"));
    await assert.rejects(up({ ...world.dataplane, install }), /does not converge/);
    assertNothingLeft();
  });

  it("are removed at an interrupt before the mode is put into effect", async () => {
    const { provider, controller } = world;
    const provision: typeof provider.provision = async (plan, runId, scope) => {
      const lab = await provider.provision(plan, runId, scope);
      setImmediate(() => {
        controller.abort(new InterruptedError("SIGINT"));
      });
      return lab;
    };
    const install: Dataplane["install"] = async (one, lab, scope) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return world.dataplane.install(one, lab, scope);
    };
    const services = { providers: [{ ...provider, provision }], dataplane: { ...world.dataplane, install } };
    await assert.rejects(
      bringUp({ ...order, plan: world.plan }, { ...services, signal: controller.signal }),
      InterruptedError,
    );
    assertNothingLeft();
  });

  it("stay where the interrupt comes just as they are kept", async () => {
    const { plan, provider, dataplane, controller } = world;
    const label: typeof provider.label = async (lab, text) => {
      await provider.label(lab, text);
      controller.abort(new InterruptedError("SIGINT"));
    };
    await bringUp({ ...order, plan }, { providers: [{ ...provider, label }], dataplane, signal: controller.signal });
    assert.equal((await world.provider.discover())[0]?.state, "kept");
    assert.deepEqual([...world.installed], ["vxlan-always"]);
  });

  it("are refused where no provider can run the mode, with the reason", async () => {
    const { plan, provider, dataplane, controller } = world;
    const providers = [{ ...provider, capabilities: new Set<never>() }];
    await assert.rejects(
      bringUp({ ...order, plan }, { providers, dataplane, signal: controller.signal }),
      /VXLAN cannot run here: fake: its members have no vxlan/,
    );
  });

  it("carry two dataplanes one after the other for a comparison, and are gone afterwards", async () => {
    const { plan, provider, dataplane, controller } = world;
    const services = { providers: [provider], dataplanes: [dataplane, dataplane], signal: controller.signal } as const;
    assert.deepEqual(await compareDataplanes({ ...order, plan }, services), []);
    const once = ["install vxlan-always", "remove vxlan-always"];
    assert.deepEqual(world.log, ["build", ...once, ...once, "destroy"]);
    assertNothingLeft();
  });

  it("are gone where the second dataplane of a comparison lacks something, which is told", async () => {
    const { plan, provider, dataplane, controller } = world;
    const lacking: Dataplane = {
      ...dataplane,
      missing: () => Promise.resolve([{ reason: "no etcd", fix: "get one" }]),
    };
    const services = { providers: [provider], dataplanes: [dataplane, lacking], signal: controller.signal } as const;
    await assert.rejects(compareDataplanes({ ...order, plan }, services), /no etcd/);
    assertNothingLeft();
  });
});
