import assert from "node:assert/strict";
import { Command, CommanderError } from "commander";
import { UsageError } from "../core/errors.ts";
import { addCheck } from "./check.ts";
import { helpGroups } from "./help-groups.ts";
import { addInstallOption } from "./install-option.ts";
import { addCompare } from "./compare.ts";
import { addDoctor } from "./doctor.ts";
import { addList } from "./list.ts";
import { makeProgram } from "./program.ts";
import { addSelftest } from "./selftest.ts";
import { addSuite } from "./suite.ts";
import { addUp } from "./up.ts";

const headings = Object.values(helpGroups);

/** Verbs about labs, whose options are those of many others. */
function program(): Command {
  const some = new Command("encaplab").exitOverride();
  for (const add of [addSuite, addUp, addCheck, addList, addCompare, addSelftest, addDoctor]) add(some);
  for (const command of some.commands) addInstallOption(command.exitOverride());
  return some;
}

const all = await makeProgram([]);
const everyVerb = all.commands.filter(({ commands }) => commands.length === 0);

/** What a command line prints before it ends by its help. */
function printed(...argv: readonly string[]): string {
  const write = process.stdout.write.bind(process.stdout);
  let text = "";
  process.stdout.write = (chunk: string | Uint8Array): boolean => {
    text += String(chunk);
    return true;
  };
  try {
    assert.throws(
      () => all.parse(["node", "encaplab", ...argv]),
      (error) => error instanceof CommanderError && error.exitCode === 0,
    );
  } finally {
    process.stdout.write = write;
  }
  return text;
}

describe("help", () => {
  for (const command of everyVerb) {
    it(`of ${command.name()} tells how it is used, and names every option`, () => {
      const text = printed(command.name(), "--help");
      const lines = text.trimEnd().split("\n");
      assert.ok(lines.length <= 36, text);
      assert.match(lines[0] ?? "", /^Usage: npm run (suite|lab) -- /);
      assert.ok(
        lines.slice(2, 6).some((line) => /^ {2}npm run (suite|lab) (--silent )?-- /.test(line)),
        text,
      );
      for (const line of lines) assert.ok(line.length <= 120, line);
      for (const { long, hidden } of command.options) if (!hidden) assert.ok(text.includes(long ?? ""), long);
      for (const one of command.registeredArguments)
        assert.ok(text.replaceAll(/\s+/g, " ").includes(one.description), one.name());
    });
  }

  it("of all verbs lists each of them below a heading", () => {
    const text = all.helpInformation();
    const under = text.split("\n").filter((line) => /^ {2}[a-z]+ {2}/.test(line));
    assert.equal(under.length, all.commands.length, text);
    assert.ok(!text.includes("Commands:"), text);
  });

  it("explains on a narrow terminal each example below it", () => {
    const { columns } = process.stdout;
    process.stdout.columns = 60;
    try {
      assert.match(printed("status", "--help"), /^ {2}npm run lab -- status\n {6}every lab of this machine/m);
    } finally {
      process.stdout.columns = columns;
    }
  });

  for (const command of program().commands) {
    it(`of ${command.name()} puts every option into a group`, () => {
      const homeless = command.options.filter(
        ({ hidden, helpGroupHeading = "none" }) => !hidden && !headings.includes(helpGroupHeading),
      );
      assert.deepEqual(
        homeless.map(({ long }) => long),
        [],
      );
    });

    it(`of ${command.name()} fits on a screen`, () => {
      const text = printed(command.name(), "--help");
      assert.ok(text.trimEnd().split("\n").length <= 30, text);
    });
  }

  it("explains the options of a group in full, and no others", () => {
    const text = printed("suite", "--help", "machines");
    assert.match(text, /^Machines:\n/);
    assert.match(text, /--kernel <versions> +kernels for virtual machines/);
    assert.doesNotMatch(text, /--mode/);
  });

  it("explains everything where all is asked for", () => {
    const text = printed("suite", "--help", "all");
    for (const heading of headings) assert.ok(text.includes(heading), heading);
  });

  it("names the groups where there is none of that name", () => {
    assert.throws(
      () => program().parse(["node", "encaplab", "list", "--help", "machines"]),
      (error) => error instanceof UsageError && (error.details.fix ?? "").includes("prove, output, all"),
    );
  });
});
