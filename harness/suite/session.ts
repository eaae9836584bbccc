import { UsageError } from "../core/errors.ts";
import type { Topology } from "../topology/topology.ts";
import { hookLab, type LabWish, type LoadingSession } from "./hook-lab.ts";
import type { LabDefaults, LabSource } from "./lab-source.ts";
import type { TestLab } from "./test-lab.ts";
import { TestLog } from "./test-log.ts";

/** What the hooks and labs of Mocha files work with while a run loads and executes them. */
export class TestSession implements LoadingSession {
  readonly defaults: LabDefaults;
  loading: string | undefined;
  readonly topologies: Promise<Topology>[] = [];
  /** What the current test does; before the first, and between tests, what the next one will be told of. */
  log = new TestLog();
  readonly skips = new Map<object, string>();

  #labs: LabSource | undefined;

  constructor(defaults: LabDefaults) {
    this.defaults = defaults;
  }

  /** Where labs come from, from now on. */
  provide(labs: LabSource): void {
    this.#labs = labs;
    this.skips.clear();
  }

  /** What `useLab` of the file that is being loaded gives. */
  useLab(wish: LabWish): TestLab {
    return hookLab(this, wish);
  }

  get labs(): LabSource {
    if (this.#labs === undefined) throw new Error("a hook ran before its run began");
    return this.#labs;
  }
}

/** Where a file finds the session, also by another copy of this module than the one that opened it. */
const place = Symbol.for("encaplab.session");
const shared = globalThis as { [place]?: TestSession | undefined };

/** The session that loads files just now; UsageError where none does: a file that plain Mocha runs has no labs. */
export function currentSession(): TestSession {
  const current = shared[place];
  if (current !== undefined) return current;
  throw new UsageError("useLab works in files that encaplab runs", { fix: "npm run suite -- --suites DIR" });
}

/** Lets files find a session while `body` loads them; there can be only one at a time. */
export async function withSession<T>(session: TestSession, body: () => Promise<T>): Promise<T> {
  if (shared[place] !== undefined) throw new UsageError("Mocha files of another run are being loaded in this process");
  shared[place] = session;
  try {
    return await body();
  } finally {
    shared[place] = undefined;
  }
}
