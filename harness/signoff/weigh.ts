import { matchesGlob } from "../core/glob.ts";
import { isCalico } from "./configuration.ts";
import type { Cell, Judged } from "./merge-runs.ts";
import { isExpired, isWaivedBy, type Waiver } from "./waiver.ts";

/** Whether a cell can stop a release, or is only told (Kubernetes' words). */
export type Group = "blocking" | "informing";

/** By what rules verdicts are weighed. */
export interface Rules {
  readonly waivers: readonly Waiver[];
  /** Patterns on ids and configurations that only inform. */
  readonly informing: readonly string[];
  /** Today, as YYYY-MM-DD. */
  readonly today: string;
}

/** A verdict that is not a pass, weighed. */
export interface Finding extends Judged {
  readonly group: Group;
  readonly waiver?: Waiver;
}

/** A cell with what of it is not a pass. */
export interface WeighedCell extends Cell {
  readonly group: Group;
  readonly findings: readonly Finding[];
}

/**
 * Sorts what is not passed into what stops a release and what does not. Where a Calico was tested, the reference dataplane beside
 * it only informs: it proves nothing about any release.
 */
export function weighCells(cells: readonly Cell[], rules: Rules): readonly WeighedCell[] {
  const anyCalico = cells.some(({ configuration }) => isCalico(configuration));
  const valid = rules.waivers.filter((waiver) => !isExpired(waiver, rules.today));
  return cells.map((cell) => {
    const { title } = cell.configuration;
    const beside = anyCalico && !isCalico(cell.configuration);
    const group: Group =
      beside || rules.informing.some((pattern) => matchesGlob(pattern, title)) ? "informing" : "blocking";
    const findings = cell.judged.flatMap((judged): readonly Finding[] => {
      const { verdict } = judged;
      if (verdict.status === "pass") return [];
      const informs = group === "informing" || rules.informing.some((pattern) => matchesGlob(pattern, verdict.id));
      const waiver =
        verdict.status === "skip" ? undefined : valid.find((one) => isWaivedBy(one, verdict, cell.configuration.title));
      const finding: Finding = { ...judged, group: informs ? "informing" : group };
      return [waiver === undefined ? finding : { ...finding, waiver }];
    });
    return { ...cell, group, findings };
  });
}

/** Waivers that speak of nothing that was judged: a typing error, or a fault that is gone. */
export function idleWaivers(waivers: readonly Waiver[], cells: readonly Cell[]): readonly Waiver[] {
  return waivers.filter(
    (waiver) =>
      !cells.some(({ judged, configuration }) =>
        judged.some(({ verdict }) => verdict.status !== "pass" && isWaivedBy(waiver, verdict, configuration.title)),
      ),
  );
}
