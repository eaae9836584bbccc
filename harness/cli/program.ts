import { Command } from "commander";
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
  report: async () => (await import("./report.ts")).addReport,
  diff: async () => (await import("./diff.ts")).addDiff,
  signoff: async () => (await import("./signoff.ts")).addSignoff,
  bisect: async () => (await import("./bisect.ts")).addBisect,
  compare: async () => (await import("./compare.ts")).addCompare,
  selftest: async () => (await import("./selftest.ts")).addSelftest,
  new: async () => (await import("./new.ts")).addNew,
  schema: async () => (await import("./schema.ts")).addSchema,
  cache: async () => (await import("./cache.ts")).addCache,
};

/** What the help lists together. */
const chapters: Readonly<Record<string, readonly string[]>> = {
  "Prove:": ["suite", "list", "doctor"],
  "A lab that stays:": ["up", "check", "switch", "status", "down"],
  "Read what is there:": ["explain", "report", "diff"],
  "Decide:": ["signoff", "bisect", "compare", "selftest"],
  "Files:": ["new", "schema", "cache"],
};

/** Columns of the help where no terminal tells how many it has. */
const defaultColumns = 100;

/** The command line with the verb that `argv` asks for; with all of them where it is none, or one that does not exist: help and advice name them all. */
export async function makeProgram(argv: readonly string[]): Promise<Command> {
  const program = new Command("npm run lab --")
    .usage("VERB [options]")
    .description("Proves in a lab, on the wire, which encapsulation Calico really uses.")
    .version(harnessVersion)
    .configureHelp({
      subcommandTerm: (command) => command.name(),
      visibleCommands: ({ commands }) => [...commands],
    })
    .configureOutput({
      getOutHelpWidth: () => process.stdout.columns || defaultColumns,
      getErrHelpWidth: () => process.stderr.columns || defaultColumns,
    })
    .showHelpAfterError("(run with --help for usage)")
    .addHelpText("after", examples())
    .exitOverride();
  for (const load of wantedVerbs(argv)) (await load())(program);
  for (const command of program.commands) {
    command.exitOverride().showHelpAfterError("(run with --help for usage)");
    const [chapter] = Object.entries(chapters).find(([, names]) => names.includes(command.name())) ?? [];
    if (chapter !== undefined) command.helpGroup(chapter);
    addInstallOption(command);
    refuseEmptyValues(command);
  }
  return program;
}

function wantedVerbs(argv: readonly string[]): readonly (() => Promise<AddVerb>)[] {
  const [word = ""] = argv;
  const verb = Object.hasOwn(verbs, word) ? verbs[word] : undefined;
  return verb === undefined ? Object.values(verbs) : [verb];
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
  npm run lab -- VERB --help                     how a verb is used, and its options

Exit codes: 0 all passed · 1 a verdict failed · 2 usage error or nothing was run · 3 no lab, or inconclusive · 130 interrupted`;
}
