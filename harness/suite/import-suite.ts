import { register } from "node:module";
import { extname } from "node:path";
import { pathToFileURL } from "node:url";
import { HarnessError, messageOf, UsageError } from "../core/errors.ts";

/** Loads a suite's file: TypeScript or JavaScript, that may import "encaplab". UsageError with the place where it breaks. */
export async function importSuite(file: string): Promise<Readonly<Record<string, unknown>>> {
  await prepare();
  try {
    // Asked for anew, so that a second run in the same process declares its tests again.
    imports += 1;
    const { href } = pathToFileURL(file);
    return (await import(`${href}?import=${imports}`)) as Readonly<Record<string, unknown>>;
  } catch (error) {
    if (error instanceof HarnessError) throw error;
    const message = messageOf(error).replaceAll(/\?import=\d+/g, "");
    throw new UsageError(`the suite cannot be loaded: ${message}`, { where: placeIn(file, error) });
  }
}

let imports = 0;
let prepared: Promise<void> | undefined;

function prepare(): Promise<void> {
  prepared ??= prepareOnce();
  return prepared;
}

/** Where our own code runs as JavaScript, of the package or compiled from the clone, tsx is needed for suites alone. */
async function prepareOnce(): Promise<void> {
  const extension = extname(import.meta.url);
  if (extension !== ".ts") (await import("tsx/esm/api")).register();
  const entry = new URL(`../api/index${extension}`, import.meta.url).href;
  register("../../scripts/own-package.mjs", import.meta.url, { data: { entry } });
}

/** The line of the file that threw, where the stack tells. */
function placeIn(file: string, error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const line = stack.split("\n").find((text) => text.includes(file) && /:\d+:\d+\)?$/.test(text));
  const position = /:\d+:\d+(?=\)?$)/.exec(line ?? "");
  return `${file}${position?.[0] ?? ""}`;
}
