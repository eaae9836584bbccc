import { UsageError } from "../core/errors.ts";
import type { Mode } from "../encap/mode.ts";
import type { Suite } from "../run/suite.ts";
import { findSuiteFiles, type TestFile } from "../suite/find-suite-files.ts";
import { loadDeclarations } from "../suite/load-declarations.ts";
import { allSuites } from "../../suites/all-suites.ts";

/** What a run shall ask, in the two forms of a suite. */
export interface SuiteSet {
  readonly declared: readonly Suite[];
  readonly tests: readonly TestFile[];
}

/** The suites that come with encaplab. */
export const ownSuites: SuiteSet = { declared: allSuites, tests: [] };

/** Word of `--suites` for the suites that come with encaplab. */
export const ownWord = "encaplab";

/** The suites that `--suites` names; those that come with encaplab where it is not given. */
export async function suiteSet(places: readonly string[]): Promise<SuiteSet> {
  const own = places.length === 0 || places.includes(ownWord) ? allSuites : [];
  const files = await findSuiteFiles(places.filter((place) => place !== ownWord));
  return { declared: [...own, ...(await loadDeclarations(files.declarations))], tests: files.tests };
}

/** The modes that declared suites are about. UsageError where there are some, and none is about any of the modes. */
export function modesAskedOf(modes: readonly Mode[], { declared }: SuiteSet): readonly Mode[] {
  const asked = modes.filter(({ id }) => declared.some((suite) => suite.modes.includes(id)));
  if (asked.length > 0 || declared.length === 0) return asked;
  const known = [...new Set(declared.flatMap((suite) => suite.modes))];
  throw new UsageError(`no suite covers ${modes.map(({ calicoName }) => calicoName).join(", ")}`, {
    fix: `use one of ${known.join(", ")}, or other suites`,
  });
}
