import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { filesIn } from "./packed-page.fixture.ts";

interface Entry {
  readonly name: string;
  readonly uid: string;
  readonly parentUid?: string;
  readonly children?: readonly Entry[];
}

/** For tests and pictures: the part of the address by which Allure's page shows a failure among its categories. */
export async function failureIn(page: string, title: string): Promise<string> {
  const categories = filesIn(await readFile(page, "utf8")).get("data/categories.json") ?? "";
  const leaves = (entry: Entry): readonly Entry[] => entry.children?.flatMap(leaves) ?? [entry];
  const all = leaves(JSON.parse(categories.toString()) as Entry);
  const found = all.find(({ name }) => name.startsWith(title));
  assert.ok(found, all.map(({ name }) => name).join());
  return `#categories/${found.parentUid ?? ""}/${found.uid}`;
}
