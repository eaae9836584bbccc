import { UsageError } from "../core/errors.ts";
import { didYouMean } from "../core/closest-name.ts";

/** What a CI's matrix varies beside the mode, and the options of `suite` that say it. */
export const axisNames = [
  "topology",
  "dataplane",
  "calico",
  "calico-image",
  "calico-install",
  "calico-version",
  "calico-manifests",
  "linux-dataplane",
  "provider",
  "kernel",
  "family",
  "profile",
  "shard",
] as const;
type AxisName = (typeof axisNames)[number];

/** One axis with its values. */
export interface Axis {
  readonly name: AxisName;
  readonly values: readonly string[];
}

/** One combination of values: a job. */
export type Cell = Readonly<Partial<Record<AxisName, string>>>;

/** Reads `topology=two-racks,three-racks`; `shard=3` stands for 1/3, 2/3 and 3/3, and values that hold commas stand between semicolons. */
export function parseAxis(text: string): Axis {
  const [, word = "", list = ""] = /^([a-z-]+)=(.+)$/.exec(text) ?? [];
  const name = axisNames.find((known) => known === word);
  if (name === undefined) {
    throw new UsageError(`--axis ${text} names no axis${didYouMean(word, axisNames)}`, {
      fix: `write NAME=VALUE,VALUE with one of ${axisNames.join(", ")}`,
    });
  }
  const values = list.split(list.includes(";") ? ";" : ",").map((value) => value.trim());
  if (values.includes("")) throw new UsageError(`--axis ${text} has an empty value`);
  return { name, values: name === "shard" ? values.flatMap(sharesOf) : values };
}

/** Every combination of values, the last axis changing fastest; one without any where there are no axes. Pure. */
export function cellsOf(axes: readonly Axis[]): readonly Cell[] {
  const names = axes.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new UsageError(`--axis ${twice} is given twice`, { fix: "name all its values in one" });
  return axes.reduce<readonly Cell[]>(
    (cells, { name, values }) => cells.flatMap((cell) => values.map((value) => ({ ...cell, [name]: value }))),
    [{}],
  );
}

function sharesOf(value: string): readonly string[] {
  const count = Number(value);
  if (!/^[1-9]\d{0,2}$/.test(value)) throw new UsageError(`--axis shard=${value} is no number of shares`);
  return Array.from({ length: count }, (_, index) => `${index + 1}/${count}`);
}
