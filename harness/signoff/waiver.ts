import { z } from "zod";
import { matchesGlob, matchesWholeGlob } from "../core/glob.ts";
import { readYaml, type YamlReading } from "../core/yaml/read-yaml.ts";
import { schemaProblems } from "../core/yaml/schema-problems.ts";
import type { ValueProblem } from "../core/yaml/value-problem.ts";

/** Somebody's word that a known fault does not stop a release, and until when it counts. What is waived is never a pass. */
export interface Waiver {
  /** Id of a verdict, or a pattern with `*`. */
  readonly id: string;
  /** Only this check of it. */
  readonly check?: string;
  /** Only on configurations whose title matches. */
  readonly on?: string;
  readonly reason: string;
  readonly who: string;
  /** Last day on which it counts, as YYYY-MM-DD. */
  readonly until: string;
}

/** Reads a file of waivers; one UsageError lists everything that is wrong with its place. */
export function parseWaivers(text: string, source: string): readonly Waiver[] {
  return readYaml(text, source, read, "each waiver needs id, reason, who and until: YYYY-MM-DD");
}

/** Whether its time is over, as of a day (YYYY-MM-DD). */
export function isExpired({ until }: Waiver, today: string): boolean {
  return until < today;
}

/** Whether a waiver speaks of a verdict on a configuration. */
export function isWaivedBy(
  waiver: Waiver,
  verdict: { readonly id: string; readonly check: string },
  on: string,
): boolean {
  if (waiver.check !== undefined && waiver.check !== verdict.check) return false;
  if (waiver.on !== undefined && !matchesGlob(waiver.on, on)) return false;
  // A waiver must not reach farther than it reads.
  return matchesWholeGlob(waiver.id, verdict.id);
}

const said = z.string().min(1);
const waiverSchema = z
  .strictObject({
    id: said.refine((id) => /[^*]/.test(id), "would waive everything"),
    check: said.exactOptional(),
    on: said.exactOptional(),
    reason: said,
    who: said,
    until: z.iso.date("no date like 2030-12-31"),
  })
  .readonly();
const fileSchema = z.strictObject({ waivers: z.array(waiverSchema).readonly() });

function read(data: unknown): YamlReading<readonly Waiver[]> {
  const result = fileSchema.safeParse(data);
  if (result.success) return { problems: [], value: result.data.waivers };
  const known = (path: ValueProblem["path"]): readonly string[] =>
    path.length === 0 ? ["waivers"] : Object.keys(waiverSchema.unwrap().shape);
  return { problems: result.error.issues.flatMap((issue) => schemaProblems(issue, data, known)) };
}
