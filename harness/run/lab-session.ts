import { LabError } from "../core/errors.ts";
import { withScope, type Scope } from "../core/scope.ts";
import { raiseFirewalls } from "../lab/raise-firewalls.ts";
import type { Lab } from "../lab/lab.ts";
import type { Provider } from "../provider/provider.ts";
import { chooseOneProvider, chooseProviders, type Choice } from "./choose.ts";
import { findLabs } from "./find-labs.ts";
import { Interruptible } from "./interruptible.ts";
import type { LabOrder } from "./order.ts";

/** Runs the work that makes a lab: at once, or as a phase that is told of. */
export type Provisioning = (work: () => Promise<Lab>) => Promise<Lab>;

/** Milliseconds for what an interrupt has cut short to end and be removed: machines and clusters take their time. */
const sweepTimeoutMs = 120_000;

/**
 * Runs a body that builds labs for an order. Whatever way it ends, no lab is left that was not kept: what was given up at an
 * interrupt may have made something after its scope had closed, and is looked for by the order's id.
 */
export async function labSession<T>(
  order: LabOrder,
  signal: AbortSignal,
  body: (session: LabSession) => Promise<T>,
): Promise<T> {
  const session = new LabSession(order, signal);
  return withScope(async (scope) => {
    scope.defer(
      `remove what lab ${order.id} left: npm run lab -- down ${order.id}`,
      () => session.sweep(),
      sweepTimeoutMs,
    );
    return body(session);
  });
}

/** The labs of one order: which provider makes each, how it is built, and that nothing of it stays after an interrupt. */
export class LabSession {
  readonly interruptible: Interruptible;
  readonly #order: LabOrder;
  readonly #builders = new Set<Provider>();

  constructor(order: LabOrder, signal: AbortSignal) {
    this.#order = order;
    this.interruptible = new Interruptible(signal);
  }

  /** Which of the providers runs each mode of the order and why, or why none can. */
  choose(providers: readonly Provider[]): Promise<readonly Choice[]> {
    return chooseProviders(this.#order.modes, this.#order.plan, providers);
  }

  /** The provider that runs every mode of an order in one lab, and why that one; LabError where there is none. */
  async providerFor(
    providers: readonly Provider[],
  ): Promise<{ readonly provider: Provider; readonly because: string }> {
    const { modes, plan } = this.#order;
    const found = await chooseOneProvider(modes, plan, providers);
    if ("provider" in found) return found;
    const names = [...new Set(modes.map(({ calicoName }) => calicoName))];
    const what = names.length === 1 ? names.join("") : `one lab for ${names.join(", ")}`;
    throw new LabError(`${what} cannot run here: ${found.skip}`);
  }

  /** Builds a lab, gives it to the body with its scope, and removes it afterwards, unless the body has released the scope. */
  withLab<T>(
    provider: Provider,
    body: (lab: Lab, scope: Scope) => Promise<T>,
    provisioning: Provisioning = (work) => this.interruptible.run(work),
  ): Promise<T> {
    const { plan, id } = this.#order;
    this.#builders.add(provider);
    const provision = async (scope: Scope): Promise<Lab> => {
      const lab = await provider.provision(plan, id, scope);
      await raiseFirewalls(lab);
      return lab;
    };
    return withScope(async (scope) => body(await provisioning(() => provision(scope)), scope));
  }

  /** Removes what work has made that was given up at an interrupt, once it has come to its end. */
  async sweep(): Promise<void> {
    if (!(await this.interruptible.settled())) return;
    for (const { provider, ref } of await findLabs([...this.#builders])) {
      if (ref.runId === this.#order.id) await provider.destroy(ref);
    }
  }
}
