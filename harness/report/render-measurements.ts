import { type Measurement, measurementKinds, type ScenarioRecord } from "../run/record.ts";
import type { Verdict } from "../verify/verdict.ts";
import { checksOf } from "../verify/registry.ts";
import { formatFigure, plural } from "./format.ts";

/** One line per kind of measurement of a mode, each figure from the record and labeled by what it was taken on. */
export function renderMeasurements(measurements: readonly Measurement[]): readonly string[] {
  return measurementKinds.flatMap((what) => {
    const own = measurements.filter((measurement) => measurement.what === what);
    const units = [...new Set(own.map((measurement) => measurement.unit))];
    return units.map((unit) =>
      kindLine(
        what,
        unit,
        own.filter((one) => one.unit === unit),
      ),
    );
  });
}

/** The checks of sizes. */
const ofSizes: ReadonlySet<string> = new Set(checksOf("mtu"));

/** The pod MTU that was expected, and how the probes of sizes fared. */
export function renderMtu(scenario: ScenarioRecord, verdicts: readonly Verdict[]): readonly string[] {
  const mtus = new Set(scenario.paths.map((path) => path.expectation.podMtu));
  const checks = verdicts.filter((verdict) => ofSizes.has(verdict.check) && verdict.status !== "skip");
  if (mtus.size === 0 || checks.length === 0) return [];
  const passed = checks.filter((verdict) => verdict.status === "pass").length;
  const sizes = [...mtus].sort((a, b) => a - b).join(" or ");
  return [`pod MTU ${sizes}: ${passed} of ${plural(checks.length, "check")} passed`];
}

/** What a measurement was taken on, from its id: the part after its kind, or the whole id. */
export function measuredOn(measurement: Measurement): string {
  const parts = measurement.id.split("/");
  const at = parts.indexOf(measurement.what);
  const rest = at >= 0 ? parts.slice(at + 1) : parts.slice(measurement.mode === parts[0] ? 1 : 0);
  return rest.join("/") || measurement.what;
}

function kindLine(what: string, unit: string, own: readonly Measurement[]): string {
  const counts = [...new Set(own.map((measurement) => measurement.samples.length))].sort((a, b) => a - b);
  const [least = 0, most = least] = [counts[0], counts.at(-1)];
  const samples = least === most ? plural(least, "sample") : `${least}-${most} samples`;
  const qualified = own.some((measurement) => measurement.indicative) ? `indicative, ${samples}` : samples;
  return `${what} (${qualified}): ${own.map(figure).join(", ")} ${unit}`;
}

function figure(measurement: Measurement): string {
  const { median, min, max } = measurement;
  const range = min === max ? "" : ` [${formatFigure(min)}-${formatFigure(max)}]`;
  return `${measuredOn(measurement)} ${formatFigure(median)}${range}`;
}
