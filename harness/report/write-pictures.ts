import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomic } from "../core/atomic-file.ts";
import type { RunRecord } from "../run/record.ts";
import { picturesOf } from "./run-pictures.ts";

/** Writes every picture of a run as SVG, with its numbers as CSV beside it, into `pictures/` of its results folder. */
export async function writePictures(record: RunRecord, folder: string): Promise<void> {
  const pictures = record.scenarios.flatMap((scenario) => picturesOf(scenario, record));
  if (pictures.length === 0) return;
  const place = join(folder, "pictures");
  await mkdir(place, { recursive: true });
  await Promise.all(
    pictures.flatMap(({ name, svg, csv }) => [
      writeFileAtomic(join(place, `${name}.svg`), `${svg}\n`),
      writeFileAtomic(join(place, `${name}.csv`), `${csv}\n`),
    ]),
  );
}
