import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Files that differ from what is committed, and those that are not committed yet; from the root. */
export function changedFiles(root: string, since = "HEAD"): readonly string[] {
  const git = (...argv: string[]): readonly string[] =>
    spawnSync("git", argv, { cwd: root, encoding: "utf8" })
      .stdout.split("\n")
      .filter((line) => line !== "");
  return [...git("diff", "--name-only", since), ...git("ls-files", "--others", "--exclude-standard")];
}

/** The tests that import one of these files, by whatever way, or lie beside data that changed. */
export async function testsConcerned(
  tests: readonly string[],
  changed: readonly string[],
  root: string,
): Promise<readonly string[]> {
  const code = new Set(changed.filter((file) => file.endsWith(".ts")).map((file) => join(root, file)));
  const data = changed.filter((file) => file.includes("/testdata/")).map((file) => file.replace(/\/testdata\/.*/, "/"));
  const imports = new Map<string, readonly string[]>();
  const importsOf = async (file: string): Promise<readonly string[]> => {
    const known = imports.get(file);
    if (known !== undefined) return known;
    const found = existsSync(file) ? localImports(file, await readFile(file, "utf8")) : [];
    imports.set(file, found);
    return found;
  };
  const reaches = async (file: string, seen: Set<string>): Promise<boolean> => {
    if (code.has(file)) return true;
    for (const next of await importsOf(file)) {
      if (seen.has(next)) continue;
      seen.add(next);
      if (await reaches(next, seen)) return true;
    }
    return false;
  };
  const chosen: string[] = [];
  for (const test of tests) {
    const beside = data.some((folder) => test.startsWith(folder));
    if (beside || (await reaches(join(root, test), new Set()))) chosen.push(test);
  }
  return chosen;
}

function localImports(file: string, text: string): readonly string[] {
  return [...text.matchAll(/\b(?:from|import\(?)\s*"(\.{1,2}\/[^"]+\.ts)"/g)].map(([, path = ""]) =>
    join(dirname(file), path),
  );
}
