import { checkTemporaryFolder } from "../core/temporary-folder.ts";
import type { Plan } from "../topology/plan.ts";
import { getTools, needTools } from "./get-tools.ts";
import type { LabChoice } from "./lab-choice.ts";

/**
 * Checks and installs what a run needs before anything is built: room for temporary files, that the flags name what they ask for, what its first
 * provider cannot be without, which the others share, and what its dataplane wants, which names by itself what is missing.
 */
export async function getRunTools({ given, offers, dataplane }: LabChoice, plan: Plan): Promise<void> {
  await checkTemporaryFolder();
  await dataplane.offer.refuse?.(given);
  const [first] = offers;
  await needTools(first?.tools?.(given, process.getuid?.()).needed ?? []);
  await getTools(dataplane.offer.tools?.(given, plan) ?? []);
}
