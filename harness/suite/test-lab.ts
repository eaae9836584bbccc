import { UsageError } from "../core/errors.ts";
import { parseModes } from "../encap/mode-words.ts";
import type { Mode, ModeId } from "../encap/mode.ts";
import type { Fault } from "../fault/fault.ts";
import { faultNamed } from "../fault/fault-named.ts";
import { didYouMean } from "../core/closest-name.ts";
import { everybody } from "../lab/everybody.ts";
import type { Plan } from "../topology/plan.ts";
import { hostsOf } from "../topology/hosts-of.ts";
import type { Check } from "../verify/check.ts";
import { checkOf, checks, type CheckName } from "../verify/registry.ts";
import type { LabSource, OpenLab } from "./lab-source.ts";
import { placeOf, type Place, type Spot } from "./place.ts";
import type { Proof } from "./proof.ts";
import type { TestLog } from "./test-log.ts";

/** A lab in the hands of a test: up before the first `it` of its `describe`, gone after the last. */
export interface TestLab {
  /** The mode that is in effect now. */
  readonly mode: ModeId;
  /** Every address, MAC and route of the lab, as planned. */
  readonly plan: Plan;
  /** A node, router or external host by its name in the topology. */
  node(name: string): Place;
  /** A pod by its name: `a1-p1` is the first one of node a1. */
  pod(name: string): Place;
  /**
   * Sends probes on the paths that match, listens at every hop, and judges them: `pod-to-pod/cross-subnet/v4/a1->b1`, or a
   * pattern as `--paths` takes it. Asks what the encapsulation suites ask of a path, unless `checks` says otherwise.
   */
  prove(paths: string | readonly string[], options?: ProveOptions): Promise<Proof>;
  /** Changes the mode of the lab as it stands; returns when it has converged. */
  switchTo(mode: string): Promise<void>;
  /** Breaks the lab by a fault: one that comes with encaplab, by name, or your own. */
  inject(fault: string | Fault): Promise<void>;
}

/** What `prove` asks beside the usual. */
export interface ProveOptions {
  readonly checks?: readonly (CheckName | Check)[];
}

/** What a lab takes from the session of the run that it is part of. */
export interface LabSession {
  readonly labs: LabSource;
  /** What the current test does. */
  readonly log: TestLog;
}

/** One mode by one of Calico's words (`VXLANCrossSubnet`) or by its id; UsageError where it means several or none. */
export function oneMode(word: string): Mode {
  const [mode, ...others] = parseModes([word], "all");
  if (mode !== undefined && others.length === 0) return mode;
  throw new UsageError(`"${word}" means several modes`, {
    fix: `a lab is in one: ${[mode, ...others].map((one) => one?.calicoName).join(", ")}`,
  });
}

/** The lab of one `describe`, opened and closed by its hooks. */
export class HookedLab implements TestLab {
  readonly #session: LabSession;
  #open: OpenLab | undefined;

  constructor(session: LabSession) {
    this.#session = session;
  }

  /** Builds the lab; returns why not where nothing here can. */
  async open(plan: Plan, mode: Mode): Promise<string | undefined> {
    const opened = await this.#session.labs.open(plan, mode);
    if ("skip" in opened) return opened.skip;
    this.#open = opened;
    return undefined;
  }

  /** Takes the lab down; throws what could not be undone. */
  async close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    await open?.close();
  }

  get mode(): ModeId {
    return this.#up.network.mode.id;
  }

  get plan(): Plan {
    return this.#up.network.lab.plan;
  }

  node(name: string): Place {
    const { lab, identities } = this.#up.network;
    const members = everybody(lab).map(({ name: member, executor }) => {
      const node = hostsOf(identities).find((one) => one.name === member);
      return { name: member, executor, addresses: node?.addresses ?? {} };
    });
    return this.#place("node, router or external host", name, members);
  }

  pod(name: string): Place {
    const { pods, identities } = this.#up.network;
    const spots = pods.map(({ name: pod, executor }) => {
      const identity = identities.pods.find((one) => one.name === pod);
      return { name: pod, executor, addresses: identity?.addresses ?? {} };
    });
    return this.#place("pod", name, spots);
  }

  async prove(paths: string | readonly string[], options: ProveOptions = {}): Promise<Proof> {
    const asked = options.checks?.map(checkOf) ?? usual;
    const patterns = typeof paths === "string" ? [paths] : paths;
    const record = await this.#up.prove({ paths: patterns, checks: asked });
    return this.#session.log.add(record, this.#session.labs.folder);
  }

  async switchTo(mode: string): Promise<void> {
    const wanted = oneMode(mode);
    this.#note(`# mode ${this.mode} -> ${wanted.id}`);
    await this.#up.switchTo(wanted);
  }

  async inject(fault: string | Fault): Promise<void> {
    for (const line of await this.#up.inject(typeof fault === "string" ? faultNamed(fault) : fault)) this.#note(line);
  }

  get #up(): OpenLab {
    if (this.#open === undefined) {
      throw new UsageError("the lab is not up yet", { fix: "use it inside it(…), before(…) and the like" });
    }
    // Whatever a test does with a lab makes it the lab that its report names.
    this.#session.log.lab = this.#open.about;
    return this.#open;
  }

  #place(what: string, name: string, among: readonly Spot[]): Place {
    const found = among.find((one) => one.name === name);
    if (found !== undefined) {
      return placeOf(found, this.#up.scope, (line) => {
        this.#note(line);
      });
    }
    const known = among.map((one) => one.name);
    throw new UsageError(`there is no ${what} "${name}"${didYouMean(name, known)}`, {
      fix: `available: ${known.join(", ")}`,
    });
  }

  #note(line: string): void {
    this.#session.log.commands.push(line);
  }
}

/** What the encapsulation suites ask of a path; the network as a whole is asked only where a test says so. */
const usual: readonly Check[] = checks.filter(({ of, part }) => of === "path" && part === "encapsulation");
