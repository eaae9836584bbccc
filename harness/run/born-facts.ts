import { labOfRun } from "../core/run-id.ts";
import type { ComparedFacts } from "../dataplane/compare.ts";
import type { Mode } from "../encap/mode.ts";
import type { Provider } from "../provider/provider.ts";
import type { Plan } from "../topology/plan.ts";
import { labSession } from "./lab-session.ts";
import type { OpenRun } from "./services.ts";

/** What the kernels of labs hold that were born in a mode, each built once, beside the run's own. */
export class BornFacts {
  readonly #run: OpenRun;
  readonly #provider: Provider;
  #built = 0;
  readonly #known = new Map<string, ComparedFacts>();

  constructor(run: OpenRun, provider: Provider) {
    this.#run = run;
    this.#provider = provider;
  }

  /** Builds a lab of a plan in a mode, reads it and removes it. */
  async of(mode: Mode, plan: Plan): Promise<ComparedFacts> {
    const key = `${mode.id} ${plan.digest}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const { order, services } = this.#run;
    const { dataplane, signal } = services;
    const own = { id: labOfRun(order.id, (this.#built += 1)), plan, modes: [mode] };
    const born = await labSession(own, signal, (session) =>
      session.withLab(this.#provider, (lab, scope) =>
        session.interruptible.run(async () => {
          const network = await dataplane.install(mode, lab, scope);
          return { facts: await dataplane.facts(network), identities: network.identities };
        }),
      ),
    );
    this.#known.set(key, born);
    return born;
  }
}
