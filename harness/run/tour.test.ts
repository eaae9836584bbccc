import assert from "node:assert/strict";
import type { Dataplane } from "../dataplane/dataplane.ts";
import { Scope } from "../core/scope.ts";
import { fakeProvider } from "../provider/fake/index.ts";
import { modeOf } from "../encap/plan.fixture.ts";
import { planTopology } from "../topology/make-plan.ts";
import { fakeWorld, orderIn, servicesIn, type FakeWorld } from "./fake-run.fixture.ts";
import type { RunOrder } from "./order.ts";
import { runModes } from "./runner.ts";

describe("a tour through modes", () => {
  let world: FakeWorld;
  let switched = 0;
  beforeEach(async () => {
    world = await fakeWorld();
    switched = 0;
  });
  afterEach(() => {
    world.close();
  });

  const refusing = (reason: string): Dataplane => ({
    ...world.dataplane,
    missing: (mode) => Promise.resolve(mode.id === "none" ? [{ reason, fix: "allow it" }] : []),
    switchMode: () => {
      switched += 1;
      return Promise.reject(new Error("a fake does not switch"));
    },
  });
  const tourIn = (): RunOrder =>
    orderIn(world, {
      modes: [modeOf("vxlan-always"), modeOf("none")],
      tour: { modes: [modeOf("vxlan-always"), modeOf("none")], budget: { leaksAllowed: false }, compareBorn: false },
    });

  it("asks before it leaves the first mode whether all others may be had, and leaves nothing", async () => {
    const record = await runModes(tourIn(), servicesIn(world, { dataplane: refusing("the cluster is somebody's") }));
    assert.equal(record.exitCode, 3);
    assert.match(
      record.troubles[0]?.message ?? "",
      /^None cannot run here: the cluster is somebody's\n +fix +allow it$/,
    );
    assert.equal(switched, 0);
    assert.deepEqual(world.log, ["build", "destroy"]);
  });

  it("takes the first provider that can do all of its modes, and says why", async () => {
    const incapable = fakeProvider({ machine: world.machine, capabilities: ["vxlan"] });
    const modes = [modeOf("ipip-always"), modeOf("none")];
    const order = orderIn(world, { modes, tour: { modes, budget: { leaksAllowed: false }, compareBorn: false } });
    await runModes(order, servicesIn(world, { variants: [{ providers: [incapable, world.provider] }] }));
    assert.deepEqual(world.log.slice(0, 2), ["build", "install ipip-always"]);
    const [choice] = world.events.filter(({ kind }) => kind === "choice");
    assert.match(JSON.stringify(choice), /through IPIP → None while traffic goes on; fake: its members have no ipip/);
    const none = await runModes(order, servicesIn(world, { variants: [{ providers: [incapable] }] }));
    assert.match(none.troubles[0]?.message ?? "", /^one lab for IPIP, None cannot run here: fake: its members have no/);
  });

  it("lets an event declare something else, judges the lab by that, and says where a dataplane cannot", async () => {
    const modes = [modeOf("none")];
    const event = "route-owner";
    const order = orderIn(world, { modes, tour: { modes, event, budget: { leaksAllowed: true }, compareBorn: false } });
    const unable = await runModes(order, servicesIn(world));
    assert.match(
      unable.troubles[0]?.message ?? "",
      /^--event route-owner cannot happen here: fake dataplane lets nobody ask for it/,
    );
    const owners: (string | undefined)[] = [];
    const refused: Dataplane = {
      ...world.dataplane,
      missing: (_, lab) => {
        owners.push(lab.plan.topology.routeOwner);
        return Promise.resolve(lab.plan.topology.routeOwner === "felix" ? [{ reason: "it is too old" }] : []);
      },
      adapt: () => Promise.reject(new Error("it was asked all the same")),
    };
    const old = await runModes(order, servicesIn(world, { dataplane: refused }));
    assert.match(old.troubles[0]?.message ?? "", /^None cannot run here: it is too old/);
    assert.deepEqual(owners, [undefined, "felix"]);
  });

  it("says that a dataplane without programs has nothing to restart", async () => {
    const order = tourIn();
    const tour = {
      modes: order.modes.slice(0, 1),
      event: "restart",
      budget: { leaksAllowed: false },
      compareBorn: false,
    } as const;
    const record = await runModes({ ...order, tour }, servicesIn(world));
    assert.equal(record.exitCode, 3);
    assert.match(record.troubles[0]?.message ?? "", /^there is nothing to restart: fake dataplane runs no program/);
    assert.deepEqual(world.log, ["build", "destroy"]);
  });

  it("lets a node join only where a lab can be built without it", async () => {
    const modes = [modeOf("vxlan-always")];
    const tour = { modes, event: "join", budget: { leaksAllowed: false }, compareBorn: false } as const;
    const order = orderIn(world, { modes, tour });
    const joining = { ...world.dataplane, join: () => Promise.reject(new Error("a fake lets nobody in")) };
    const said = async (asked: RunOrder, dataplane: Dataplane): Promise<string> => {
      const { troubles } = await runModes(asked, servicesIn(world, { dataplane }));
      return troubles[0]?.message ?? "";
    };
    assert.match(
      await said(order, world.dataplane),
      /^--event join cannot happen here: fake dataplane lets nobody ask/,
    );
    const { topology } = order.plan;
    const fabric = { ...order, plan: planTopology({ ...topology, fabric: "bgp" }) };
    assert.match(await said(fabric, joining), /cannot happen in .*: its routers are told all neighbors before/);
    const lab = await world.provider.provision(order.plan, order.id, new Scope());
    const standing = { lab, provider: world.provider };
    assert.match(await said({ ...order, standing }, joining), /all nodes of a lab that is up have joined already/);
  });
});
