import { readFileSync } from "node:fs";

/** The project's own version, from package.json. */
export const harnessVersion = (
  JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { version: string }
).version;
