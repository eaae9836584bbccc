import { fileWord } from "../core/file-word.ts";
import type { Cost } from "../measure/cost.ts";
import type { Measurement, PathRecord, RunRecord, ScenarioRecord } from "../run/record.ts";
import { renderCostSvg } from "./cost-svg.ts";
import { csvText } from "./csv.ts";
import { renderLatencySvg } from "./latency-svg.ts";
import { renderMtuSvg } from "./mtu-svg.ts";
import { costGroups, groupTitle } from "./render-costs.ts";
import { measuredOn } from "./render-measurements.ts";
import { switchPicture } from "./switch-pictures.ts";
import { scenarioTitle } from "./scenario-title.ts";

/** A picture of what a run measured, with its numbers. */
export interface Picture {
  /** File name without extension: `costs-vxlan-cross-subnet-plain`. */
  readonly name: string;
  readonly title: string;
  readonly svg: string;
  readonly csv: string;
}

/** Every picture of a mode of a run: what it costs, how long echoes took, which sizes passed, what changing to it did to traffic. */
export function picturesOf({ mode, variant, paths }: ScenarioRecord, record: RunRecord): readonly Picture[] {
  const isOwn = (one: { mode?: string; variant?: string }): boolean => one.mode === mode && one.variant === variant;
  const word = scenarioTitle({ mode, ...(variant === undefined ? {} : { variant }) });
  const named = (picture: Picture): Picture => ({
    ...picture,
    name: fileWord(`${picture.name}-${word}`),
  });
  return [
    ...costPictures((record.costs ?? []).filter(isOwn)),
    ...latencyPictures(word, record.measurements.filter(isOwn)),
    ...mtuPicture(word, paths),
    ...(record.switches ?? []).filter((change) => isOwn({ ...change, mode: change.to })).map(switchPicture),
  ].map(named);
}

function costPictures(costs: readonly Cost[]): readonly Picture[] {
  return costGroups(costs).map((group) => {
    const [first] = group;
    const name = `costs-${first?.locality ?? ""}-v${first?.family ?? 4}-${first?.baseline ?? ""}`;
    return { name, title: groupTitle(group), svg: renderCostSvg(group), csv: costsCsv(group) };
  });
}

function costsCsv(costs: readonly Cost[]): string {
  const head = [
    "id",
    "metric",
    "baseline",
    "better",
    "ratio",
    "low",
    "high",
    "floor",
    "visible",
    "finding",
    "by bytes",
  ];
  const rows = costs.map(
    ({ id, metric, baseline, better, ratio, interval, floor, visible, finding, byBytes, ...rest }) => [
      ...[id, metric, baseline, better, ratio, interval?.[0], interval?.[1], floor, visible, finding, byBytes],
      ...[rest.median, rest.p, rest.labs, rest.pairs.map(({ mode, baseline: other }) => `${mode}:${other}`).join(" ")],
    ],
  );
  return csvText([[...head, "median", "p", "labs", "pairs"], ...rows]);
}

function latencyPictures(word: string, measurements: readonly Measurement[]): readonly Picture[] {
  const curves = measurements.filter(({ quantiles }) => quantiles !== undefined);
  const localityOf = (one: Measurement): string => measuredOn(one).replace(/^(plain|host-to-host) | p50$/g, "");
  return [...new Set(curves.map(localityOf))].map((locality) => {
    const own = curves.filter((one) => localityOf(one) === locality);
    const title = `${word}, ${locality}: round trips`;
    const rows = own.flatMap((one) =>
      (one.quantiles ?? []).map(({ share, value }) => [measuredOn(one).replace(/ p50$/, ""), share, value]),
    );
    const csv = csvText([["side", "share", "µs"], ...rows]);
    return { name: `latency-${locality}`, title, svg: renderLatencySvg(title, own), csv };
  });
}

function mtuPicture(word: string, paths: readonly PathRecord[]): readonly Picture[] {
  const swept = paths.filter(({ sizes = [] }) => sizes.length > 0);
  if (swept.length === 0) return [];
  const title = `${word}: which sizes pass`;
  const rows = swept.flatMap(({ expectation, sizes = [] }) =>
    sizes.map(({ bytes, outcome, where }) => [expectation.path.id, bytes, outcome, where]),
  );
  const csv = csvText([["path", "bytes", "outcome", "lost"], ...rows]);
  return [{ name: "mtu", title, svg: renderMtuSvg(title, swept), csv }];
}
