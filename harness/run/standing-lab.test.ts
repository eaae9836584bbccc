import assert from "node:assert/strict";
import { LabError } from "../core/errors.ts";
import { eachInFakeWorld, modesOf, orderIn, servicesIn } from "./fake-run.fixture.ts";
import type { RunOrder } from "./order.ts";
import { runModes } from "./runner.ts";

describe("a lab that stays", () => {
  const at = eachInFakeWorld();
  const { run } = at;

  it("keeps the lab in its last mode, labeled, where that is asked for", async () => {
    const order = orderIn(at.world, { keep: true, modes: modesOf("vxlan-always", "none") });
    const record = await runModes(order, servicesIn(at.world));
    assert.equal(record.exitCode, 0);
    const [ref, ...others] = await at.world.provider.discover();
    assert.equal(others.length, 0);
    assert.equal(ref?.runId, order.id);
    assert.equal(ref.state, "kept");
    assert.equal(ref.label?.mode, "none");
    assert.deepEqual([...at.world.installed], ["none"]);
    assert.equal(at.world.log.includes("destroy"), false);
  });

  it("judges a lab that stands as it is, and leaves it", async () => {
    const kept = orderIn(at.world, { keep: true });
    await runModes(kept, servicesIn(at.world));
    const [ref] = await at.world.provider.discover();
    assert.ok(ref !== undefined);
    const lab = await at.world.provider.attach(ref, at.world.plan);
    const before = [...at.world.log];
    const record = await run({ standing: { lab, provider: at.world.provider } });
    assert.equal(record.exitCode, 0);
    assert.deepEqual(at.world.log, before);
    assert.equal((await at.world.provider.discover())[0]?.state, "kept");
  });

  it("judges a lab whose pods are older than its mode by the MTU that they were made with", async () => {
    const kept = orderIn(at.world, { keep: true });
    await runModes(kept, servicesIn(at.world));
    const [ref] = await at.world.provider.discover();
    assert.ok(ref !== undefined);
    const lab = await at.world.provider.attach(ref, at.world.plan);
    const mtuOf = async (standing: RunOrder["standing"]): Promise<number | undefined> =>
      (await run(standing === undefined ? {} : { standing })).scenarios[0]?.paths[0]?.expectation.podMtu;
    assert.equal(await mtuOf({ lab, provider: at.world.provider }), 1450);
    assert.equal(await mtuOf({ lab, provider: at.world.provider, podMtu: 1500 }), 1500);
  });

  it("says that a lab was removed while it was judged, in place of all that failed by it", async () => {
    const kept = orderIn(at.world, { keep: true });
    await runModes(kept, servicesIn(at.world));
    const [ref] = await at.world.provider.discover();
    assert.ok(ref !== undefined);
    const lab = await at.world.provider.attach(ref, at.world.plan);
    const said = async (): Promise<readonly (string | number)[]> => {
      const { troubles, exitCode, verdicts } = await run({ standing: { lab, provider: at.world.provider } });
      return [...troubles.map(({ message }) => message.split("\n")[0] ?? ""), verdicts.length, exitCode];
    };
    at.world.hook = () => {
      throw new LabError("cannot create x: Directory nonexistent");
    };
    assert.deepEqual(await said(), ["cannot create x: Directory nonexistent", 0, 3]);
    at.world.hook = () => {
      at.world.machine.labs.delete(lab.runId);
      throw new LabError("cannot create x: Directory nonexistent");
    };
    assert.deepEqual(await said(), [`lab ${lab.runId} was removed while this run looked at it`, 0, 3]);
  });
});
