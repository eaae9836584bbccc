import { labOfRun } from "../core/run-id.ts";
import type { Scope } from "../core/scope.ts";
import type { Mode } from "../encap/mode.ts";
import type { Lab } from "../lab/lab.ts";
import { labSession, type LabSession } from "../run/lab-session.ts";
import type { RunOrder } from "../run/order.ts";
import type { RunServices } from "../run/services.ts";
import type { Plan } from "../topology/plan.ts";
import type { LabSource, OpenLab } from "./lab-source.ts";
import { RunLab } from "./run-lab.ts";

/**
 * Runs a body that opens labs for tests, of the same providers and dataplane as the rest of the run. Whatever way it ends, none
 * of them is left.
 */
export async function withLabs<T>(
  order: RunOrder,
  services: RunServices,
  body: (labs: LabSource) => Promise<T>,
): Promise<T> {
  const opened: OpenLab[] = [];
  // Its first lab may have been kept.
  let count = 0;
  const labs: LabSource = {
    folder: order.folder,
    open: async (plan, mode) => {
      count += 1;
      const lab = await openLab({ ...order, id: labOfRun(order.id, count) }, services, plan, mode);
      if (!("skip" in lab)) opened.push(lab);
      return lab;
    },
  };
  try {
    return await body(labs);
  } finally {
    // Those whose hook was not reached, as after an interrupt; the others are closed already, and told of it.
    await Promise.allSettled(opened.map((lab) => lab.close()));
  }
}

/** A session of its own for each lab, since two may stand at the same time; it ends when the lab is closed. */
function openLab(order: RunOrder, services: RunServices, plan: Plan, mode: Mode): ReturnType<LabSource["open"]> {
  const own: RunOrder = { ...order, plan, modes: [mode] };
  return new Promise((resolve, reject) => {
    const ended: Promise<void> = labSession(own, services.signal, async (session) => {
      const [choice] = await session.choose(services.variants[0]?.providers ?? []);
      if (choice === undefined || "skip" in choice) {
        resolve({ skip: choice?.skip ?? "no other provider can run it" });
        return;
      }
      await session.withLab(choice.provider, async (lab, scope) => {
        const up = await bringInto(mode, lab, { order: own, services, session, scope, because: choice.because });
        if ("skip" in up) resolve(up);
        else await standing(up, () => ended, resolve);
      });
    });
    ended.catch(reject);
  });
}

interface Ground {
  readonly order: RunOrder;
  readonly services: RunServices;
  readonly session: LabSession;
  readonly scope: Scope;
  readonly because: string;
}

async function bringInto(mode: Mode, lab: Lab, ground: Ground): Promise<RunLab | { readonly skip: string }> {
  const { order, services, session, scope, because } = ground;
  const start = performance.now();
  const [missing] = await services.dataplane.missing(mode, lab);
  if (missing !== undefined) return { skip: missing.reason };
  const network = await session.interruptible.run(() => services.dataplane.install(mode, lab, scope));
  await order.fault?.apply(network, lab.plan, scope);
  const about = {
    topology: lab.plan.topology.name,
    mode: mode.id,
    provider: lab.provider,
    dataplane: network.title,
    because,
    seconds: (performance.now() - start) / 1000,
  };
  return new RunLab({ order, services, session, scope }, about, network);
}

/** Hands a lab out and returns when it has been closed. */
function standing(lab: RunLab, ended: () => Promise<void>, handOut: (lab: OpenLab) => void): Promise<void> {
  return new Promise<void>((release) => {
    lab.onClose(async () => {
      release();
      await ended();
    });
    handOut(lab);
  });
}
