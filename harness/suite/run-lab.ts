import { join } from "node:path";
import { withScope, type Scope } from "../core/scope.ts";
import type { Network } from "../dataplane/dataplane.ts";
import { expectPath } from "../encap/expect.ts";
import type { Mode } from "../encap/mode.ts";
import type { Fault } from "../fault/fault.ts";
import { Guard } from "../run/guard.ts";
import { judgeScenario } from "../run/judge.ts";
import type { LabSession } from "../run/lab-session.ts";
import type { RunOrder } from "../run/order.ts";
import { pathsFor } from "../run/paths.ts";
import { Phases } from "../run/phases.ts";
import type { ProofRecord, RunListener, TestedLab } from "../run/record.ts";
import type { RunServices } from "../run/services.ts";
import { listenToWire } from "../run/wire.ts";
import type { OpenLab, Question } from "./lab-source.ts";

interface Ground {
  readonly order: RunOrder;
  readonly services: RunServices;
  readonly session: LabSession;
  readonly scope: Scope;
}

/** A lab of a run in the hands of a test: what a run does with all paths, for those that are asked. */
export class RunLab implements OpenLab {
  readonly about: TestedLab;
  readonly #ground: Ground;
  #network: Network;
  #proofs = 0;
  #close: (() => Promise<void>) | undefined;

  constructor(ground: Ground, about: TestedLab, network: Network) {
    this.#ground = ground;
    this.about = about;
    this.#network = network;
  }

  get network(): Network {
    return this.#network;
  }

  get scope(): Scope {
    return this.#ground.scope;
  }

  async prove({ paths, checks }: Question): Promise<ProofRecord> {
    const network = this.#network;
    const { lab, mode, identities } = network;
    const { services, session } = this.#ground;
    this.#proofs += 1;
    const folder = `${lab.runId}-${this.#proofs}`;
    // Every pair may be named; and tokens are the proof's own, so that no port meets one that the proof before left.
    const order: RunOrder = { ...this.#ground.order, id: folder, profile: "full", paths };
    const asked = pathsFor(mode, order);
    const expectations = asked.map((path) => expectPath(lab.plan, mode, identities, path));
    const questions = { suites: [], probes: usualProbes, checks, throughput: false };
    const phases = new Phases(mode.id, "proof", silent, session.interruptible);
    const { dataplane } = services;
    const judgment = await withScope(async (guardScope) => {
      const guard = new Guard(network, join(order.folder, "pcaps", folder), [], guardScope);
      const hearing = { order, dataplane, network, expectations, questions, folder, guard };
      const wire = await withScope((scope) => listenToWire({ ...hearing, effect: {} }, phases, scope));
      return session.interruptible.run(() => judgeScenario({ ...hearing, wire }));
    });
    const { verdicts, causes } = judgment;
    return { mode: mode.id, verdicts, paths: judgment.paths, ...(causes.length === 0 ? {} : { causes }) };
  }

  async switchTo(mode: Mode): Promise<void> {
    const { services, session, scope } = this.#ground;
    const change = (): ReturnType<typeof services.dataplane.switchMode> =>
      services.dataplane.switchMode(this.#network, mode, scope);
    this.#network = (await session.interruptible.run(change)).network;
  }

  async inject(fault: Fault): Promise<readonly string[]> {
    const { did } = await fault.apply(this.#network, this.#network.lab.plan, this.#ground.scope);
    return did;
  }

  /** What `close` does, the first time. */
  onClose(close: () => Promise<void>): void {
    this.#close = close;
  }

  async close(): Promise<void> {
    const close = this.#close;
    this.#close = undefined;
    await close?.();
  }
}

/** What the encapsulation suites send. */
const usualProbes = new Set(["ping", "curl", "bulk"] as const);

/** The phases of a proof are told by its test. */
const silent: RunListener = { on: () => undefined };
