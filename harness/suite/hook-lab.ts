import { dirname, resolve } from "node:path";
import type Mocha from "mocha";
import { UsageError } from "../core/errors.ts";
import { loadTopology } from "../topology/load.ts";
import { planTopology } from "../topology/make-plan.ts";
import type { Family, Topology } from "../topology/topology.ts";
import type { LabDefaults } from "./lab-source.ts";
import { HookedLab, oneMode, type LabSession, type TestLab } from "./test-lab.ts";

/** What a test wants to stand on; what is missing is what the command line says. */
export interface LabWish {
  /** Name of a topology that comes with encaplab, or path of one's own, relative to the test's file: `./mine.yaml`. */
  readonly topology?: string;
  /** One mode, as `--mode` takes it: `VXLANCrossSubnet`. */
  readonly mode?: string;
  /** Default: those of the topology. */
  readonly families?: readonly Family[];
}

/** What hooks take from the session that loads their file. */
export interface LoadingSession extends LabSession {
  readonly defaults: LabDefaults;
  /** The file that is being loaded; undefined while tests run. */
  readonly loading: string | undefined;
  /** Why suites were left out, by the Mocha suite that asked for a lab which nothing here can make. */
  readonly skips: Map<object, string>;
  /** The topologies that the files' labs stand on: what is wrong with one is told before anything is built. */
  readonly topologies: Promise<Topology>[];
}

/** Registers hooks with the Mocha that loads a file: one that builds the lab, one that takes it down. */
export function hookLab(session: LoadingSession, wish: LabWish): TestLab {
  const file = session.loading;
  if (file === undefined) {
    throw new UsageError("useLab belongs in a describe, not in a test", {
      fix: "call it where `it` is called, not inside",
    });
  }
  const mode = wish.mode === undefined ? session.defaults.mode : oneMode(wish.mode);
  if (mode === undefined) {
    throw new UsageError("useLab names no mode, and the run covers several", {
      fix: 'useLab({ mode: "VXLANCrossSubnet" })',
    });
  }
  const topology = loadTopology(placed(wish.topology ?? session.defaults.topology, wish.topology, file));
  // Whoever loads the files awaits it, once all of them are loaded.
  topology.catch(() => undefined);
  session.topologies.push(topology);
  const lab = new HookedLab(session);
  const { before, after } = globalThis as unknown as Hooks;
  before(async function (this: Mocha.Context) {
    // A lab of emulated machines takes minutes, and whoever builds it has time limits of its own.
    this.timeout(0);
    const skip = await lab.open(planTopology(await topology, wish.families), mode);
    if (skip === undefined) return;
    const suite = this.test?.parent;
    if (suite !== undefined) session.skips.set(suite, skip);
    this.skip();
  });
  after(async function (this: Mocha.Context) {
    this.timeout(0);
    await lab.close();
  });
  return lab;
}

interface Hooks {
  readonly before: (hook: (this: Mocha.Context) => Promise<void>) => void;
  readonly after: (hook: (this: Mocha.Context) => Promise<void>) => void;
}

/** A path of the test's own means a file beside it; a name, or what the command line says, stays what it is. */
function placed(name: string, own: string | undefined, file: string): string {
  return own !== undefined && /[/\\]|\.ya?ml$/.test(own) ? resolve(dirname(file), own) : name;
}
