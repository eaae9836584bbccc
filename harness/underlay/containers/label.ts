import { LabError, messageOf } from "../../core/errors.ts";
import type { Executor } from "../../exec/executor.ts";
import type { LabLabel } from "../../lab/lab.ts";
import { parseLabel } from "../../lab/lab-state.ts";
import { labelArgv, labelKeys } from "./names.ts";
import type { Part } from "./parts.ts";

/**
 * Writes a lab's label as a Docker label of an empty volume of its own: labels of containers and networks cannot be changed.
 * The new one is there before the old one goes.
 */
export async function writeLabel(
  host: Executor,
  runId: string,
  labels: Readonly<Record<string, string>>,
  label: LabLabel,
  known: readonly Part[],
): Promise<void> {
  const old = known.filter(({ kind }) => kind === "volume");
  const latest = Math.max(0, ...old.map(({ labeledAt }) => labeledAt));
  const at = Math.max(Date.now(), latest + 1);
  const text = Buffer.from(JSON.stringify(label)).toString("base64url");
  const own = { ...labels, [labelKeys.label]: text, [labelKeys.labeledAt]: String(at) };
  await host.run(["docker", "volume", "create", ...labelArgv(own), `encaplab-${runId}-label-${at}`]);
  if (old.length > 0) await host.run(["docker", "volume", "rm", "-f", ...old.map(({ name }) => name)]);
}

/** The latest label among a lab's parts; undefined when it never got one. */
export function readLabel(parts: readonly Part[]): LabLabel | undefined {
  const [latest] = parts.filter(({ label }) => label !== "").toSorted((a, b) => b.labeledAt - a.labeledAt);
  if (latest === undefined) return undefined;
  try {
    return parseLabel(Buffer.from(latest.label, "base64url").toString());
  } catch (error) {
    throw new LabError(`the label of a lab cannot be read: ${messageOf(error)}`, { where: `volume ${latest.name}` });
  }
}
