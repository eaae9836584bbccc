import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Bundle } from "./bundle.ts";
import { describeCluster } from "./described-cluster.ts";
import { judgeBundle, type BundleJudgment } from "./judge-bundle.ts";

/** For tests only: where the recorded bundles are. */
const bundles = join(import.meta.dirname, "testdata");

/** For tests only: the files of a sound bundle, those of others over them. */
export async function bundleFiles(...folders: readonly string[]): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const folder of ["sound", ...folders]) {
    const root = join(bundles, folder);
    const entries = await readdir(root, { recursive: true, withFileTypes: true });
    for (const entry of entries.filter((each) => each.isFile())) {
      const path = join(entry.parentPath, entry.name);
      files.set(path.slice(root.length + 1), await readFile(path, "utf8"));
    }
  }
  return files;
}

/** For tests only: what is said of a bundle of these files. */
export function judged(files: ReadonlyMap<string, string>): BundleJudgment {
  const bundle: Bundle = { name: "test", files, notes: [] };
  return judgeBundle(describeCluster(bundle));
}

/** For tests only: "a1: no route …" for every difference. */
export function differences({ nodes }: BundleJudgment): readonly string[] {
  return nodes.flatMap(({ expected, troubles }) => troubles.map(({ text }) => `${expected.node}: ${text}`));
}
