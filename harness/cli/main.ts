import { Command, CommanderError } from "commander";
import { asTyped } from "../core/command-words.ts";
import { ExitCode, HarnessError, formatError } from "../core/errors.ts";
import { addInstallOption } from "./install-option.ts";
import { refuseEmptyValues } from "./refuse-empty.ts";
import { harnessVersion } from "./version.ts";

type AddVerb = (program: Command) => void;

/** Each verb loads what it needs and nothing else: a capture is explained without anything that makes labs. */
const verbs: Readonly<Record<string, () => Promise<AddVerb>>> = {
  suite: async () => (await import("./suite.ts")).addSuite,
  list: async () => (await import("./list.ts")).addList,
  doctor: async () => (await import("./doctor.ts")).addDoctor,
  up: async () => (await import("./up.ts")).addUp,
  check: async () => (await import("./check.ts")).addCheck,
  switch: async () => (await import("./switch.ts")).addSwitch,
  down: async () => (await import("./down.ts")).addDown,
  status: async () => (await import("./status.ts")).addStatus,
  explain: async () => (await import("./explain.ts")).addExplain,
  new: async () => (await import("./new.ts")).addNew,
  compare: async () => (await import("./compare.ts")).addCompare,
  diff: async () => (await import("./diff.ts")).addDiff,
  signoff: async () => (await import("./signoff.ts")).addSignoff,
  report: async () => (await import("./report.ts")).addReport,
  selftest: async () => (await import("./selftest.ts")).addSelftest,
  schema: async () => (await import("./schema.ts")).addSchema,
  cache: async () => (await import("./cache.ts")).addCache,
};

const program = new Command("encaplab")
  .description("Proves in a lab, on the wire, which encapsulation Calico really uses.")
  .version(harnessVersion)
  .showHelpAfterError("(run with --help for usage)")
  .addHelpText("after", examples())
  .exitOverride();

for (const load of wantedVerbs(process.argv.slice(2))) (await load())(program);
for (const command of program.commands) {
  command.exitOverride().showHelpAfterError("(run with --help for usage)");
  addInstallOption(command);
  refuseEmptyValues(command);
}

// Texts name our commands as a clone has them; this is the one place where all of them pass.
for (const stream of [process.stdout, process.stderr]) {
  const write = stream.write.bind(stream) as (chunk: unknown, ...rest: unknown[]) => boolean;
  stream.write = (chunk: unknown, ...rest: unknown[]) =>
    write(typeof chunk === "string" ? asTyped(chunk) : chunk, ...rest);
}

// A reader that has enough (`| head`) must not crash us in the middle of a lab: the run goes on and is stored.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

/** The verb that is asked for; all of them where none is, or one that does not exist: help and advice name them all. */
function wantedVerbs(argv: readonly string[]): readonly (() => Promise<AddVerb>)[] {
  const [word = ""] = argv;
  const verb = Object.hasOwn(verbs, word) ? verbs[word] : undefined;
  return verb === undefined ? Object.values(verbs) : [verb];
}

function report(error: unknown): number {
  // Commander has printed its own message by now; only its choice of exit code is not ours.
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.pass : ExitCode.usage;
  process.stderr.write(`${formatError(error)}\n`);
  return error instanceof HarnessError ? error.exitCode : ExitCode.lab;
}

function examples(): string {
  return `
Examples:
  npm run suite -- --mode CrossSubnet            prove both CrossSubnet modes on the wire
  npm run suite -- --mode VXLAN --open           one mode, then open the report
  npm run lab -- list --mode all                 what would run, without running it
  npm run lab -- up --mode VXLANCrossSubnet      a lab that stays; break it by hand, then:
  npm run lab -- check                           probe it again and say what broke
  npm run lab -- switch --to VXLAN               change its mode under traffic and say what that did
  npm run lab -- explain capture.pcap            which encapsulation is in this capture?

Exit codes: 0 all passed · 1 a verdict failed · 2 usage error or nothing was run · 3 no lab, or inconclusive · 130 interrupted`;
}
