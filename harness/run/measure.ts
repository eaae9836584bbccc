import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { withScope } from "../core/scope.ts";
import type { Network } from "../dataplane/dataplane.ts";
import { expectPath } from "../encap/expect.ts";
import type { PathExpectation } from "../encap/expectation.ts";
import type { Lab } from "../lab/lab.ts";
import { measureNetwork, type LabSamples } from "../measure/measure-network.ts";
import { measuringProfiles, type MeasuringProfile } from "../measure/profiles.ts";
import type { Provider } from "../provider/provider.ts";
import { measuredOutcome, type MeasuredMode } from "./measured.ts";
import type { RunOrder } from "./order.ts";
import { Phases } from "./phases.ts";
import { reasonToEnd } from "./reason-to-end.ts";
import type { OpenRun } from "./services.ts";

/** What is measured by an order: a lab that stays or that was there before is not built again. */
function measuringProfile({ profile, keep, standing, measuring }: RunOrder): MeasuringProfile {
  const { until, ...asked } = measuring.profile ?? measuringProfiles[profile];
  if (!keep && standing === undefined) return until === undefined ? asked : { ...asked, until };
  const rounds = asked.design.labs * asked.design.roundsPerLab;
  return { ...asked, design: { labs: 1, roundsPerLab: rounds } };
}

/** Measures one lab of a mode, capture off, and writes every sample down as it is taken. */
export async function measureInLab(
  { order, services }: OpenRun,
  network: Network,
  expectations: readonly PathExpectation[],
  lab: number,
): Promise<LabSamples> {
  const profile = measuringProfile(order);
  const { compared, seed } = order.measuring;
  const machine = network.lab.borrowed === true ? (network.lab.nodes[0]?.executor ?? services.host) : services.host;
  const file = join(order.folder, "samples.ndjson");
  return withScope((scope) =>
    measureNetwork(
      network,
      expectations,
      {
        profile,
        compared,
        design: { ...profile.design, seed },
        machine,
        signal: services.signal,
        onSample: (sample) => {
          appendFileSync(file, `${JSON.stringify({ mode: network.mode.id, ...sample })}\n`);
        },
      },
      lab,
      scope,
    ),
  );
}

/**
 * Builds the lab anew until the design has all it wants, and measures every mode in each: what a lab happens to get is part of what
 * varies. Returns the modes with all their labs.
 */
export async function measureMoreLabs(
  run: OpenRun,
  provider: Provider,
  first: readonly MeasuredMode[],
): Promise<readonly MeasuredMode[]> {
  if (first.length === 0) return first;
  const profile = measuringProfile(run.order);
  const started = performance.now();
  let measured = first;
  for (let lab = 1; ; lab += 1) {
    const before = measured;
    const ended = reasonToEnd(profile, {
      labs: lab,
      minutes: (performance.now() - started) / 60_000,
      costs: () => before.flatMap((mode) => measuredOutcome(run.order, mode).costs),
    });
    if (ended !== undefined) return measured.map((mode) => (ended === "" ? mode : { ...mode, ended }));
    const phases = new Phases(undefined, "lab", run.services.listener, run.session.interruptible);
    measured = await phases.run(`lab ${lab + 1} for figures`, () =>
      run.session.withLab(provider, async (built) => {
        const after: MeasuredMode[] = [];
        for (const mode of before) after.push(await measureAgain(run, mode, built, lab));
        return after;
      }),
    );
  }
}

async function measureAgain(run: OpenRun, measured: MeasuredMode, built: Lab, lab: number): Promise<MeasuredMode> {
  const { order, services, session } = run;
  const { mode } = measured;
  return withScope(async (scope) => {
    const network = await session.interruptible.run(() => services.dataplane.install(mode, built, scope));
    await order.fault?.apply(network, built.plan, scope);
    const { identities, lab: own } = network;
    const paths = measured.expectations.map(({ path }) => path);
    const expectations = paths.map((path) => expectPath(own.plan, mode, identities, path));
    const samples = await session.interruptible.run(() => measureInLab(run, network, expectations, lab));
    return {
      ...measured,
      labs: [...measured.labs, samples],
      convergences: [...measured.convergences, network.convergence.totalMs / 1000],
    };
  });
}
