import { gunzipSync } from "node:zlib";
import { packedId } from "./pack-page.ts";

/** For tests and pictures: the files that Allure's page carries. */
export function filesIn(page: string): ReadonlyMap<string, Buffer> {
  const [, text = ""] = new RegExp(`id="${packedId}">([^<]+)<`).exec(page) ?? [];
  const all = gunzipSync(Buffer.from(text, "base64"));
  let start = all.indexOf("\n") + 1;
  const index = JSON.parse(all.subarray(0, start).toString()) as readonly (readonly [string, number])[];
  return new Map(index.map(([name, length]) => [name, all.subarray(start, (start += length))]));
}
