import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

interface Entry {
  readonly name: string;
  readonly uid: string;
  readonly parentUid?: string;
  readonly children?: readonly Entry[];
}

/** For tests and pictures: the part of the address by which Allure's page shows a failure among its categories. */
export async function failureIn(page: string, title: string): Promise<string> {
  const encoded = /d\('data\/categories\.json','([^']+)'\)/.exec(await readFile(page, "utf8"))?.[1] ?? "";
  const leaves = (entry: Entry): readonly Entry[] => entry.children?.flatMap(leaves) ?? [entry];
  const all = leaves(JSON.parse(Buffer.from(encoded, "base64").toString()) as Entry);
  const found = all.find(({ name }) => name.startsWith(title));
  assert.ok(found, all.map(({ name }) => name).join());
  return `#categories/${found.parentUid ?? ""}/${found.uid}`;
}
