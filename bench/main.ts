// Runs every benchmark, or those named, one after the other, and prints ratios measured side by side in this one run.
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const known = ["suite", "build", "decode"];
const named = process.argv.slice(2);
const unknown = named.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`unknown benchmark ${unknown.join(", ")}; known: ${known.join(", ")}`);
  process.exitCode = 2;
} else {
  for (const name of named.length === 0 ? known : named) {
    console.log(`== ${name}`);
    const { status } = spawnSync(process.execPath, ["--import", "tsx", join(here, `${name}.ts`)], { stdio: "inherit" });
    if (status !== 0) process.exitCode = 1;
  }
}
