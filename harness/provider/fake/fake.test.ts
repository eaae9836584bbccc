import { Scope } from "../../core/scope.ts";
import { newRunId } from "../../core/run-id.ts";
import { providerContract } from "../provider.contract.ts";
import { fakeMachine, fakeProvider } from "./index.ts";

describe("fake provider", () => {
  providerContract(() => {
    const machine = fakeMachine();
    return Promise.resolve({
      provider: fakeProvider({ machine }),
      orphan: async (plan) =>
        (await fakeProvider({ machine, ownerPid: -1 }).provision(plan, newRunId(), new Scope())).runId,
    });
  });
});
