import { groupBy } from "../core/group-by.ts";
import type { RunRecord, ScenarioRecord } from "../run/record.ts";

/** What a mode was proven on: a column of the matrix. Runs of one configuration are shares of the same whole. */
export interface Configuration {
  /** What tells it from the others, for people: "two-racks · netns · Calico v3.32.1 · kernel 6.12.9". */
  readonly title: string;
  readonly topology: string;
  /** Digest of the plan: two topologies of one name are two configurations. */
  readonly plan: string;
  readonly provider: string;
  readonly dataplane: string;
  readonly kernel: string;
  readonly variant?: string;
}

/** Whether what was tested is a Calico, and no reference. */
export function isCalico({ dataplane }: Pick<Configuration, "dataplane">): boolean {
  return dataplane.startsWith("Calico");
}

/** What stays the same from night to night while releases and kernels change: histories are kept by it. */
export function laneOf(configuration: Configuration): string {
  const { topology, provider, variant } = configuration;
  const dataplane = isCalico(configuration) ? "Calico" : "reference";
  return [topology, provider, dataplane, ...(variant === undefined ? [] : [variant])].join(" · ");
}

/** What of a scenario, or of the labs of tests, tells its configuration. */
export type Conditions = Pick<ScenarioRecord, "provider" | "dataplane" | "variant" | "kernel">;

/** The configuration of a scenario, or of what a run judged outside its scenarios. */
export function configurationOf(record: RunRecord, scenario?: Conditions): Configuration {
  const { topology, planDigest: plan, environment } = record;
  const { provider, dataplane } = scenario ?? record;
  const { variant, kernel = environment.kernel } = scenario ?? {};
  const title = [topology, provider, dataplane, variant ?? `kernel ${kernel}`].join(" · ");
  const told = { title, topology, plan, provider, dataplane, kernel };
  return variant === undefined ? told : { ...told, variant };
}

/** Titles of configurations by their identity; where two would be called the same, their plans tell them apart. */
export function titlesOf(configurations: readonly Configuration[]): ReadonlyMap<string, string> {
  const byTitle = groupBy(configurations, ({ title }) => title);
  return new Map(
    configurations.map((one) => {
      const plans = new Set(byTitle.get(one.title)?.map(({ plan }) => plan));
      return [identityOf(one), plans.size < 2 ? one.title : `${one.title} · plan ${one.plan}`];
    }),
  );
}

/** What makes two scenarios shares of one configuration. */
export function identityOf({ title, plan, kernel }: Configuration): string {
  return [title, plan, kernel].join("\n");
}
