import { LabError } from "../core/errors.ts";
import { installTools, missingTools } from "../../scripts/tools.mjs";

/** Java makes the Allure page; without it there are the other reports. */
export const reportTools: readonly string[] = ["java"];

const say = (line: string): void => {
  process.stderr.write(`encaplab: ${line}\n`);
};

/** Installs programs by the same rules as the bootstrap; what cannot be installed is told, and left to whoever needs it. */
export async function getTools(tools: readonly string[]): Promise<void> {
  const problem = await install(tools);
  if (problem !== undefined) say(problem);
}

/** Installs programs without which nothing can be begun. Throws a LabError that names the packages. */
export async function needTools(tools: readonly string[]): Promise<void> {
  const problem = await install(tools);
  if (problem !== undefined) throw new LabError(problem);
}

/** Elsewhere than on Linux nothing but containers can run, which have their tools in an image. */
async function install(tools: readonly string[]): Promise<string | undefined> {
  const missing = process.platform === "linux" ? missingTools(tools) : [];
  if (missing.length === 0) return undefined;
  return installTools(missing, { allowed: process.env.ENCAPLAB_NO_INSTALL === undefined, say });
}
