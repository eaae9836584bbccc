import { shellQuote } from "../exec/quote.ts";
import type { Dataplane, Network } from "../dataplane/dataplane.ts";
import type { Mode } from "../encap/mode.ts";
import type { Fault } from "../fault/fault.ts";
import type { Provider } from "../provider/provider.ts";
import { keepLab, type LabMemory } from "./keep.ts";
import { labSession } from "./lab-session.ts";
import type { LabOrder } from "./order.ts";

/** What `up` shall build. */
export interface KeptOrder extends LabOrder {
  readonly modes: readonly [Mode];
  readonly fault?: Fault;
  readonly memory?: LabMemory;
}

/** With what. */
interface KeptServices {
  readonly providers: readonly Provider[];
  readonly dataplane: Dataplane;
  readonly signal: AbortSignal;
}

/** A lab that is up and stays. */
export interface KeptLab {
  readonly network: Network;
  readonly seconds: number;
  /** Commands that open a shell on each router, node and pod. */
  readonly enter: readonly { readonly name: string; readonly command: string }[];
}

/** Builds a lab, puts it into a mode and leaves it up; on any error or interrupt nothing is left. */
export async function bringUp(order: KeptOrder, { providers, dataplane, signal }: KeptServices): Promise<KeptLab> {
  const start = performance.now();
  const [mode] = order.modes;
  return labSession(order, signal, async (session) => {
    const { provider } = await session.providerFor(providers);
    return session.withLab(provider, async (lab, scope) => {
      const network = await session.interruptible.run(() => dataplane.install(mode, lab, scope));
      await order.fault?.apply(network, order.plan, scope);
      const { memory = {} } = order;
      await keepLab({ provider, lab, mode, dataplane, memory }, [scope]);
      return { network, seconds: (performance.now() - start) / 1000, enter: entries(network) };
    });
  });
}

function entries({ lab, pods }: Network): KeptLab["enter"] {
  return [...lab.routers, ...lab.nodes, ...(lab.external ?? []), ...pods].map(({ name, enter }) => ({
    name,
    command: shellQuote(enter()),
  }));
}
