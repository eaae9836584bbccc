import { cp, mkdir, readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Lab } from "../../provider/provider.ts";
import { etcdFolder, labFolder } from "./lab-folder.ts";

/** Copies the logs of every node's programs and of etcd, and the records of their ends, into a folder per node. */
export async function saveLogs(lab: Lab, target: string): Promise<void> {
  const folders = await readdir(labFolder(lab)).catch(() => []);
  await Promise.all(
    folders.map(async (folder) => {
      const from = join(labFolder(lab), folder);
      const to = join(target, folder === basename(etcdFolder(lab)) ? "etcd" : folder);
      const logs = (await readdir(from).catch(() => [])).filter((name) => /\.(log|ends)$/.test(name));
      if (logs.length === 0) return;
      await mkdir(to, { recursive: true });
      await Promise.all(logs.map((name) => cp(join(from, name), join(to, name))));
    }),
  );
}
