import { LabError } from "../core/errors.ts";
import { withScope } from "../core/scope.ts";
import { compareFacts, type ComparedFacts, type Difference } from "../dataplane/compare.ts";
import { assertReadable } from "../dataplane/facts/read-node-facts.ts";
import type { Dataplane } from "../dataplane/dataplane.ts";
import { managementDevice } from "../dataplane/standalone/management.ts";
import { explainDifference } from "../dataplane/explain-difference.ts";
import type { Mode } from "../encap/mode.ts";
import type { Lab } from "../lab/lab.ts";
import type { Provider } from "../provider/provider.ts";
import { labSession } from "./lab-session.ts";
import type { LabOrder } from "./order.ts";

/** A lab for two dataplanes, one after the other in the same mode. */
export interface ComparisonOrder extends LabOrder {
  readonly modes: readonly [Mode];
}

/** With what. */
interface ComparisonServices {
  readonly providers: readonly Provider[];
  readonly dataplanes: readonly [Dataplane, Dataplane];
  readonly signal: AbortSignal;
}

/** A difference with the reason for it, where there is one. */
export interface ExplainedDifference extends Difference {
  readonly because?: string;
}

/** What the first dataplane programs otherwise than the second; the lab is gone afterwards. */
export async function compareDataplanes(
  order: ComparisonOrder,
  { providers, dataplanes, signal }: ComparisonServices,
): Promise<readonly ExplainedDifference[]> {
  const [mode] = order.modes;
  return labSession(order, signal, async (session) => {
    const { provider } = await session.providerFor(providers);
    return session.withLab(provider, async (lab) => {
      const first = await session.interruptible.run(() => factsOf(dataplanes[0], mode, lab));
      const second = await session.interruptible.run(() => factsOf(dataplanes[1], mode, lab));
      return compareFacts(first, second, [managementDevice]).map((difference) => {
        const because = explainDifference(difference);
        return because === undefined ? difference : { ...difference, because };
      });
    });
  });
}

function factsOf(dataplane: Dataplane, mode: Mode, lab: Lab): Promise<ComparedFacts> {
  return withScope(async (scope) => {
    const [missing] = await dataplane.missing(mode, lab);
    if (missing !== undefined) {
      const fix = missing.fix === undefined ? {} : { fix: missing.fix };
      throw new LabError(`${dataplane.name} cannot run ${mode.calicoName} here: ${missing.reason}`, fix);
    }
    const network = await dataplane.install(mode, lab, scope);
    const facts = await dataplane.facts(network);
    for (const { node, unreadable } of facts.nodes) assertReadable(node, unreadable);
    return { facts, identities: network.identities };
  });
}
