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
  new: async () => (await import("./new.ts")).addNew,
  compare: async () => (await import("./compare.ts")).addCompare,
  bisect: async () => (await import("./bisect.ts")).addBisect,
  diff: async () => (await import("./diff.ts")).addDiff,
  signoff: async () => (await import("./signoff.ts")).addSignoff,
  report: async () => (await import("./report.ts")).addReport,
  selftest: async () => (await import("./selftest.ts")).addSelftest,
  schema: async () => (await import("./schema.ts")).addSchema,
  cache: async () => (await import("./cache.ts")).addCache,
};

/** The command line with the verb that `argv` asks for; with all of them where it is none, or one that does not exist: help and advice name them all. */
export async function makeProgram(argv: readonly string[]): Promise<Command> {
  const program = new Command("encaplab")
    .description("Proves in a lab, on the wire, which encapsulation Calico really uses.")
    .version(harnessVersion)
    .showHelpAfterError("(run with --help for usage)")
    .addHelpText("after", examples())
    .exitOverride();
  for (const load of wantedVerbs(argv)) (await load())(program);
  for (const command of program.commands) {
    command.exitOverride().showHelpAfterError("(run with --help for usage)");
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

Exit codes: 0 all passed · 1 a verdict failed · 2 usage error or nothing was run · 3 no lab, or inconclusive · 130 interrupted`;
}
