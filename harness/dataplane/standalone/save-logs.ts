import { cp, mkdir, readdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { shellQuote } from "../../exec/quote.ts";
import { runScript } from "../../exec/script.ts";
import type { Lab, LabNode } from "../../lab/lab.ts";
import { etcdFolder, labFolder, nodeFolder } from "./lab-folder.ts";

/** Copies the logs of every node's programs and of etcd, and the records of their ends, into a folder per node. */
export async function saveLogs(lab: Lab, target: string): Promise<void> {
  if (lab.machines !== undefined) await Promise.all(lab.nodes.map((node) => fetchLogs(lab, node, target)));
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

/** The end of each log alone: an emulated machine sends a megabyte in a tenth of a second, and Felix writes many. */
async function fetchLogs(lab: Lab, { name, executor }: LabNode, target: string): Promise<void> {
  const folder = shellQuote([nodeFolder(lab, name)]);
  const script = `cd ${folder} 2>/dev/null || exit 0
for file in *.log *.ends; do [ ! -f "$file" ] || { echo "${separator} $file"; tail -c ${keptBytes} "$file"; echo; }; done`;
  const { stdout } = await runScript(executor, script);
  const parts = stdout.split(`${separator} `).slice(1);
  if (parts.length === 0) return;
  const to = join(target, name);
  await mkdir(to, { recursive: true });
  await Promise.all(
    parts.map((part) => {
      const end = part.indexOf("\n");
      return writeFile(join(to, basename(part.slice(0, end))), part.slice(end + 1));
    }),
  );
}

/** No line of a log is this. */
const separator = "==> encaplab log:";

/** Bytes of each log of a machine that are kept. */
const keptBytes = 200_000;
