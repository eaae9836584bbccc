#!/usr/bin/env node
// Makes a fresh clone able to run: npm packages, then the system tools that tests and benchmarks need, then the command itself;
// the verbs of the command line get theirs by the same rules, once they know that their options are right. In the installed
// package the npm packages are there, and the command is JavaScript. No dependencies. `--no-install` forbids every
// installation; what is missing is then named with its package.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import nodeModule from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { compiledFolder } from "./compiled.mjs";
import { installTools, missingTools, optional, optionalInCi, requiredTools } from "./tools.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const [entry = "lab", ...rest] = process.argv.slice(2);
const installAllowed = !rest.includes("--no-install");
const isCli = entry === "lab" || entry === "suite";
const argv = isCli ? rest : rest.filter((word) => word !== "--no-install");
const inPackage = !existsSync(join(root, "harness", "cli", "main.ts"));
const inCi = (process.env.CI ?? "false") !== "false";
const say = (line) => process.stderr.write(`encaplab: ${line}\n`);

// Node ends with 1 for what nobody caught, and 1 says that a verdict failed.
process.on("uncaughtException", (error) => {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  say(`unexpected error (please report it): ${text}`);
  say("what it leaves of a lab, if anything:  npm run lab -- down --stale");
  process.exit(3);
});

checkNode();
checkOpenFiles();
if (!inPackage) installPackages();
if (!isCli) await installWhatIsMissing();
if (!installAllowed) process.env.ENCAPLAB_NO_INSTALL = "1";
process.env.PATH = `${process.env.PATH ?? ""}:/usr/sbin:/sbin`;
await start();

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  const fits = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major >= 24;
  if (!fits) fail(`Node ${process.versions.node} is too old: install Node 20.19, 22.12, 24 or newer`, 2);
}

/** Loading the program and its packages alone takes some hundred at a time; every child of a run takes three more. */
function checkOpenFiles() {
  const enough = 256;
  const limits = existsSync("/proc/self/limits") ? readFileSync("/proc/self/limits", "utf8") : "";
  const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
  if (soft === undefined || Number(soft) >= enough) return;
  fail(`this shell lets a process open ${soft} files, and ${enough} are needed: run  ulimit -n 4096  first`, 3);
}

function installPackages() {
  const installed = join(root, "node_modules", ".package-lock.json");
  const lock = join(root, "package-lock.json");
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  if (!installAllowed) fail("npm packages are missing or older than package-lock.json: run  npm ci", 3);
  say("installing npm packages (npm ci)");
  const npm = spawnSync("npm", ["ci", "--no-progress", "--loglevel=error"], { cwd: root, stdio: ["ignore", 2, 2] });
  if (npm.status !== 0) fail("npm ci failed; its output is above", 3);
}

async function installWhatIsMissing() {
  const must = missingTools(requiredTools(entry));
  const nice = missingTools([...(optional[entry] ?? []), ...(inCi ? (optionalInCi[entry] ?? []) : [])]);
  if (must.length > 0) {
    const problem = await installTools(must, { allowed: installAllowed, say });
    if (problem !== undefined) fail(problem, 3);
  }
  // One by one: a package that this distribution does not have must not keep the others away.
  for (const tool of nice) {
    const problem = await installTools([tool], { allowed: installAllowed, say });
    if (problem !== undefined)
      say(`${problem}\nencaplab: continuing without it; whatever needs it is skipped, with the reason`);
  }
}

async function start() {
  // Node 22 and newer keep what they compiled.
  nodeModule.enableCompileCache?.();
  const target = { test: "scripts/test.ts", check: "scripts/check.ts", bench: "bench/main.ts" }[entry];
  const base = isCli && !inPackage && !loadsSuites() ? await compiledFolder(root) : undefined;
  if (!inPackage && base === undefined) (await import("tsx/esm/api")).register();
  const own = inPackage ? "harness/cli/main.js" : base === undefined ? "harness/cli/main.ts" : "harness/cli/main.mjs";
  const file = join(base ?? root, target ?? own);
  const words = entry === "suite" ? ["suite", ...argv] : argv;
  process.argv = [process.argv[0], file, ...words];
  await import(pathToFileURL(file).href);
}

/** Suites of somebody's own may lie in this clone and import its TypeScript: then all of it is loaded as that, once. */
function loadsSuites() {
  return argv.some((word) => /^--(suites|config)\b/.test(word));
}

function fail(message, code) {
  say(message);
  process.exit(code);
}
