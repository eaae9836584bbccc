import { LabError } from "../../core/errors.ts";
import { packagesOf } from "../../lab/host-tools.ts";
import { failedMarker, lackingMarker } from "./image-seed.ts";

/** The error that a machine's console tells of: programs that the image lacks, or a set-up that failed; undefined while neither. */
export function imageRefusal(console: string, where: string): LabError | undefined {
  const lines = console.split(/\r?\n/);
  const lacking = lines.find((line) => line.startsWith(lackingMarker));
  if (lacking !== undefined) return lacks(lacking.slice(lackingMarker.length), where);
  const first = lines.findIndex((line) => line.startsWith(failedMarker));
  const last = lines.indexOf(`${failedMarker} end`);
  if (last < 0) return undefined;
  const said = lines.slice(first, last).join("\n").slice(failedMarker.length).trim();
  return new LabError("the image could not be set up as a node of the lab", { where, tail: said });
}

/** ` iperf3 nft on debian`: programs, and what os-release calls the distribution. */
function lacks(told: string, where: string): LabError {
  const [programs = "", distribution = ""] = told.split(" on ").map((part) => part.trim());
  const names = programs.split(" ");
  const packages = packagesOf(names, distribution.split(" "));
  return new LabError(`the image lacks ${names.join(", ")}`, {
    where,
    fix: `put ${packages.length > 0 ? `the packages ${packages.join(", ")}` : "them"} into the image`,
  });
}
