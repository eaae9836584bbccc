import { withScope, type Scope } from "../core/scope.ts";
import { expectPath } from "../encap/expect.ts";
import type { PathExpectation } from "../encap/expectation.ts";
import { modes, type Mode } from "../encap/mode.ts";
import type { Lab } from "../lab/lab.ts";
import { observe } from "../observe/observe.ts";
import { encapsulated } from "../verify/encapsulated.ts";
import { judgePath } from "../verify/judge-path.ts";
import { notEncapsulated } from "../verify/not-encapsulated.ts";
import type { Verdict } from "../verify/verdict.ts";
import { casesOf, encryptionIn } from "./judge.ts";
import { pathsFor } from "./paths.ts";
import { Phases } from "./phases.ts";
import type { OpenRun } from "./services.ts";
import { removeCaptures } from "./whole-captures.ts";
import { listenToWire } from "./wire.ts";

/** What is asked of the opposite: the form on the wire, and nothing else. */
const questions = {
  suites: [],
  probes: new Set(["ping"] as const),
  checks: [encapsulated, notEncapsulated],
  throughput: false,
};

/** The mode in which packets between nodes look otherwise: none for tunnels, VXLAN for none. Pure. */
export function oppositeOf({ encapsulation }: Mode): Mode {
  const wanted = encapsulation === "none" ? "vxlan-always" : "none";
  const found = modes.find(({ id }) => id === wanted);
  if (found === undefined) throw new RangeError(wanted);
  return found;
}

/**
 * The control of an experiment: the same lab in the opposite mode, judged by what the first one says. Every path that looks otherwise
 * there must turn red; one that stays green would be green whatever the wire shows.
 */
export async function controlMode(run: OpenRun, mode: Mode, lab: Lab, scope: Scope): Promise<Verdict> {
  const { order, services, session } = run;
  const { dataplane } = services;
  const opposite = oppositeOf(mode);
  const base = { id: `${mode.id}/control/${opposite.id}`, check: "control", expected: "every path turns red" } as const;
  const [missing] = await session.interruptible.run(() => dataplane.missing(opposite, lab));
  if (missing !== undefined)
    return { ...base, status: "skip", observed: "not run", reason: missing.reason, evidence: [] };
  const phases = new Phases(mode.id, "control", services.listener, session.interruptible);
  return phases.run(`control: ${opposite.calicoName}`, async () => {
    const network = await dataplane.install(opposite, lab, scope);
    const judged = { ...network, mode };
    const asked = pathsFor(mode, { ...order, profile: "quick", paths: [] });
    const expectations = asked
      .filter(({ traffic, locality }) => traffic === "pod-to-pod" && locality !== "same-node")
      .map((path) => [expectPath(lab.plan, mode, network.identities, path), path] as const)
      .filter(([wanted, path]) => differs(wanted, expectPath(lab.plan, opposite, network.identities, path)))
      .map(([wanted]) => wanted);
    const folder = `${mode.id}-control`;
    const turned = order.turn === undefined ? {} : { turn: order.turn + 2 };
    const asking = { ...order, ...turned, id: `${order.id}-control` };
    const silent = new Phases(mode.id, "control", { on: () => undefined }, session.interruptible);
    const wire = await withScope((inner) =>
      listenToWire(
        { order: asking, dataplane, network: judged, expectations, questions, effect: {}, folder },
        silent,
        inner,
      ),
    );
    const cases = casesOf(
      expectations,
      wire,
      await observe(wire.probes, wire.captures, wire.targets, encryptionIn(network)),
    );
    await removeCaptures(order.folder, folder);
    return controlVerdict(
      base,
      cases.map((pathCase) => [pathCase.expectation.path.id, judgePath(pathCase, questions.checks)]),
    );
  });
}

function differs(wanted: PathExpectation, other: PathExpectation): boolean {
  return wanted.skip === undefined && other.skip === undefined && wanted.forward.underlay !== other.forward.underlay;
}

/** Which paths a mode's checks would call right in the opposite mode. Pure. */
export function controlVerdict(
  base: Pick<Verdict, "id" | "check" | "expected">,
  judged: readonly (readonly [path: string, verdicts: readonly Verdict[]])[],
): Verdict {
  const isRed = ([, verdicts]: (typeof judged)[number]): boolean => verdicts.some(({ status }) => status === "fail");
  const red = judged.filter(isRed);
  const observed = `${red.length} of ${judged.length} paths red`;
  if (judged.length === 0)
    return { ...base, status: "skip", observed: "not run", reason: "no path looks otherwise there", evidence: [] };
  if (red.length === judged.length) return { ...base, status: "pass", observed, evidence: [] };
  const others = judged.filter((one) => !isRed(one));
  const isGreen = others.some(([, verdicts]) => verdicts.every(({ status }) => status === "pass"));
  const evidence = others.flatMap(([path, verdicts]) =>
    verdicts.map(({ check, status, observed: seen }) => `${path}: ${check} ${status}, observed ${seen}`),
  );
  const reason = `the lab was in another mode, and ${others.length} of ${judged.length} paths did not turn red: ${others[0]?.[0] ?? ""}`;
  return isGreen
    ? { ...base, status: "fail", observed, reason, category: "assertion", evidence }
    : { ...base, status: "inconclusive", observed, reason, category: "inconclusive", evidence };
}
