import assert from "node:assert/strict";
import type { Dataplane } from "../dataplane/dataplane.ts";
import { modeOf } from "../encap/plan.fixture.ts";
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
    assert.deepEqual(world.log, ["build", "install vxlan-always", "remove vxlan-always", "destroy"]);
  });
});
