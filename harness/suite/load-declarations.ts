import { relative } from "node:path";
import { UsageError } from "../core/errors.ts";
import type { Suite } from "../run/suite.ts";
import { importSuite } from "./import-suite.ts";

/** The suites that files declare by `export default defineSuite({…})`. UsageError where a file declares none, or two the same. */
export async function loadDeclarations(files: readonly string[]): Promise<readonly Suite[]> {
  const suites: Suite[] = [];
  for (const file of files) {
    const { default: suite } = await importSuite(file);
    if (!isSuite(suite)) {
      throw new UsageError("the file mentions defineSuite but declares no suite", {
        where: file,
        fix: "write `export default defineSuite({…})`",
      });
    }
    const same = suites.find(({ name }) => name === suite.name);
    if (same !== undefined) {
      throw new UsageError(`two suites are named ${suite.name}`, { where: relative(process.cwd(), file) });
    }
    suites.push(suite);
  }
  return suites;
}

/** What `defineSuite` returns has been checked there; anything else has no such fields. */
function isSuite(value: unknown): value is Suite {
  return typeof value === "object" && value !== null && "modes" in value && "checks" in value && "name" in value;
}
