// Makes dist/, which is all that the package has: the harness and the suites as JavaScript with their types, and beside
// them, at the same places as here, the files that they read. Nothing that only tests use gets in: tsc follows imports.
import { spawnSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const dist = join(root, "dist");

rmSync(dist, { recursive: true, force: true });
const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
// Types are checked by `npm run check`; here that would double the time.
const built = spawnSync(process.execPath, [tsc, "-p", join(root, "tsconfig.build.json"), "--noCheck"], {
  stdio: ["ignore", 2, 2],
});
if (built.status !== 0) process.exit(1);

const scripts = readdirSync(join(root, "scripts")).filter((name) => name.endsWith(".mjs") && name !== "prepack.mjs");
for (const name of scripts) copy(join("scripts", name));
for (const name of readdirSync(join(root, "topologies"))) copy(join("topologies", name));
copy(join("harness", "lab", "packages.json"));
copy(join("harness", "underlay", "containers", "Dockerfile"));

const { name, version, type } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
writeFileSync(join(dist, "package.json"), `${JSON.stringify({ name, version, type })}\n`);

function copy(path) {
  cpSync(join(root, path), join(dist, path));
}
