import assert from "node:assert/strict";
import { UsageError } from "../core/errors.ts";
import { resolveScenario, type ModeOptions } from "./scenario-options.ts";

describe("options that say which modes", () => {
  const asked = (more: Partial<ModeOptions>) =>
    resolveScenario({ mode: [], encap: "all", topology: "mixed-encapsulations", ...more });
  const ids = async (more: Partial<ModeOptions>) => (await asked(more)).modes.map(({ id }) => id);

  it("take each pool in its own mode where the topology gives it one, asked or not", async () => {
    assert.deepEqual(await ids({}), ["pools"]);
    assert.deepEqual(await ids({ pools: true }), ["pools"]);
    assert.equal((await ids({ topology: "mixed-pools" })).length, 5);
  });

  it("refuse one mode for pools that have their own, both words at once, and pools without", async () => {
    const refused = (message: RegExp) => (error: unknown) => error instanceof UsageError && message.test(error.message);
    await assert.rejects(
      ids({ mode: ["VXLAN"] }),
      refused(/topology mixed-encapsulations gives each pool one of its own/),
    );
    await assert.rejects(ids({ mode: ["VXLAN"], pools: true }), refused(/--pools each into its own/));
    await assert.rejects(
      ids({ topology: "two-racks", pools: true }),
      refused(/does not say which mode each pool is in/),
    );
    await assert.rejects(ids({ mode: ["pools"], topology: "two-racks" }), refused(/pools is no mode of all pools/));
  });
});
