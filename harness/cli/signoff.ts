import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { appendFile, mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Option, type Command } from "commander";
import { ExitCode, UsageError } from "../core/errors.ts";
import { newRunId } from "../core/run-id.ts";
import { parseModes } from "../encap/mode-words.ts";
import { loadRun, type StoredRun } from "../report/store.ts";
import { historyLine, parseHistory, type HistoryEntry } from "../signoff/history.ts";
import { historyEntry, makeSignoff } from "../signoff/make-signoff.ts";
import { renderSignoffText } from "../signoff/signoff-text.ts";
import { verifyBundle } from "../signoff/verify-bundle.ts";
import { parseWaivers } from "../signoff/waiver.ts";
import { writeBundle } from "../signoff/write-bundle.ts";
import { collect } from "./scenario-options.ts";
import { teach, type Example } from "./teach.ts";

interface SignoffOptions {
  readonly baseline: string[];
  readonly waivers?: string;
  readonly informing: string[];
  readonly require: string[];
  readonly history?: string;
  readonly key?: string;
  readonly to?: string;
  readonly out: string;
  readonly verify?: string;
  readonly publicKey?: string;
}

const usage = "npm run lab -- signoff RUN… [options]";

const examples: readonly Example[] = [
  ["npm run lab -- signoff latest", "may this release go? the last run decides"],
  ["npm run lab -- signoff RUN RUN --baseline OLD", "several runs as one, against the release before"],
  ["npm run lab -- signoff latest --waivers waivers.yaml", "with known faults that somebody answers for"],
  ["npm run lab -- signoff latest --key key.pem", "with an attestation that others can verify"],
  ["npm run lab -- signoff --verify DIR --public-key public.pem", "is this bundle as it was made?"],
];

/** `signoff`: merges runs into one bundle with a decision; the exit code says go or no-go. */
export function addSignoff(program: Command): void {
  const command = program
    .command("signoff")
    .description("merge runs into a sign-off bundle; exit code 0 is go, 1 no-go, 3 not proven")
    .argument("[runs...]", "run ids, folders of runs, or latest");
  teach(command, usage, examples)
    .addOption(repeatable("--baseline <run>", "runs of the release before; told and compared"))
    .option("--waivers <file>", "YAML: known faults with id, reason, who and until; an expired one is a no-go")
    .addOption(repeatable("--informing <pattern>", "ids or configurations that inform and do not block"))
    .addOption(repeatable("--require <modes>", "modes that must be certified, whatever was asked"))
    .option("--history <file>", "file that carries what was green from one sign-off to the next")
    .option("--key <file>", "Ed25519 private key (PEM) that signs the bundle")
    .option("--to <dir>", "folder of the bundle (default: signoff-<id> in --out)")
    .option("--out <dir>", "folder that holds the results", "results")
    .option("--verify <dir>", "check a bundle instead of making one: exit code 1 names every file that was changed")
    .option("--public-key <file>", "with --verify: whose signature it must bear (PEM)")
    .action(async (runs: string[], options: SignoffOptions) => {
      process.exitCode =
        options.verify === undefined ? await make(runs, options) : await check(options.verify, runs, options);
    });
}

function repeatable(flags: string, help: string): Option {
  return new Option(flags, `${help}; repeatable`).argParser(collect).default([], "none");
}

async function make(references: readonly string[], options: SignoffOptions): Promise<ExitCode> {
  if (options.publicKey !== undefined) throw new UsageError("--public-key does nothing without --verify DIR");
  if (references.length === 0) throw new UsageError("signoff needs runs", { fix: "name them: signoff latest" });
  const key = options.key === undefined ? undefined : await readKey(options.key, createPrivateKey);
  const runs = await loadAll(references, options.out);
  const baseline = await loadAll(options.baseline, options.out);
  const history = options.history === undefined ? undefined : await readHistory(options.history);
  const records = runs.map(({ record }) => record);
  const at = new Date().toISOString();
  const id = newRunId();
  const signoff = makeSignoff({
    id,
    at,
    records,
    baseline: baseline.map(({ record }) => record),
    rules: {
      waivers: options.waivers === undefined ? [] : parseWaivers(await readText(options.waivers), options.waivers),
      informing: options.informing,
      today: at.slice(0, "2030-12-31".length),
    },
    required: options.require.length === 0 ? [] : parseModes(options.require, "all").map((mode) => mode.id),
    ...(history === undefined ? {} : { history }),
  });
  const folder = options.to ?? join(options.out, `signoff-${id}`);
  await writeBundle(folder, signoff, {
    runs,
    ...(options.waivers === undefined ? {} : { waivers: options.waivers }),
    ...(key === undefined ? {} : { key }),
  });
  if (options.history !== undefined) await appendFile(options.history, historyLine(historyEntry(signoff, records)));
  console.log(renderSignoffText(signoff, folder).join("\n"));
  return signoff.exitCode;
}

async function check(folder: string, runs: readonly string[], options: SignoffOptions): Promise<ExitCode> {
  const [run] = runs;
  if (run !== undefined) throw new UsageError(`--verify checks a bundle and takes no run, and ${run} was given`);
  if (options.key !== undefined) {
    throw new UsageError("--key does nothing with --verify", {
      fix: "--public-key FILE says whose signature it must bear: openssl pkey -in KEY.pem -pubout -out PUBLIC.pem",
    });
  }
  const key = options.publicKey === undefined ? undefined : await readKey(options.publicKey, createPublicKey);
  const { troubles, signature, files } = await verifyBundle(folder, key);
  for (const trouble of troubles) console.log(`✘ ${trouble}`);
  if (troubles.length === 0) console.log(`✔ ${files} files are as they were made`);
  console.log(`  ${signature}`);
  return troubles.length === 0 ? ExitCode.pass : ExitCode.fail;
}

async function loadAll(references: readonly string[], out: string): Promise<readonly StoredRun[]> {
  const runs = await Promise.all(references.map((reference) => loadRun(reference, out)));
  const ids = runs.map(({ record }) => record.id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw new UsageError(`run ${twice} is given twice`);
  return runs;
}

async function readHistory(file: string): Promise<readonly HistoryEntry[]> {
  await mkdir(dirname(file), { recursive: true });
  return parseHistory(await readFile(file, "utf8").catch(missingAsEmpty), file);
}

function missingAsEmpty(error: unknown): string {
  if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
  throw error;
}

async function readKey(file: string, read: (pem: string) => KeyObject): Promise<KeyObject> {
  const pem = await readText(file);
  try {
    return read(pem);
  } catch (cause) {
    throw new UsageError("not a key in PEM format", {
      where: file,
      cause,
      fix: "openssl genpkey -algorithm ed25519 -out KEY.pem",
    });
  }
}

async function readText(file: string): Promise<string> {
  return readFile(file, "utf8").catch((cause: unknown) => {
    throw new UsageError(`cannot read ${file}`, { cause, fix: "check the path" });
  });
}
