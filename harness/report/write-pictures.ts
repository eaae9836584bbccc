import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { writeFileAtomic } from "../core/atomic-file.ts";
import { fileWord } from "../core/file-word.ts";
import type { SwitchRecord } from "../switch/switch-record.ts";
import { pathWithoutMode } from "../switch/stream.ts";
import type { ReportedRun } from "./reported-run.ts";
import { scenarioTitle } from "./scenario-title.ts";
import { pathPictures } from "./switch-pictures.ts";

/** Writes every picture of a run as SVG, with its numbers as CSV beside it, into `pictures/` of its results folder. */
export async function writePictures(
  { record, pictures: own }: Omit<ReportedRun, "summary">,
  folder: string,
): Promise<void> {
  const pictures = [...own.values()].flat();
  const changes = (record.switches ?? []).flatMap((change) => pathFiles(change));
  if (pictures.length + changes.length === 0) return;
  const place = join(folder, "pictures");
  await mkdir(place, { recursive: true });
  await Promise.all(
    pictures.flatMap(({ name, svg, csv }) => [
      writeFileAtomic(join(place, `${name}.svg`), `${svg}\n`),
      writeFileAtomic(join(place, `${name}.csv`), `${csv}\n`),
    ]),
  );
  await Promise.all(
    changes.map(async ({ file, svg }) => {
      await mkdir(dirname(join(place, file)), { recursive: true });
      await writeFileAtomic(join(place, file), `${svg}\n`);
    }),
  );
}

/** A file for each path through a change, in a folder of the change's own. */
function pathFiles(change: SwitchRecord): readonly { readonly file: string; readonly svg: string }[] {
  const folder = fileWord(`switch ${scenarioTitle({ ...change, mode: change.to })}`);
  return [...pathPictures(change)].map(([path, svg]) => ({
    file: join(folder, `${fileWord(pathWithoutMode(path))}.svg`),
    svg,
  }));
}
