import assert from "node:assert/strict";
import { Command, CommanderError } from "commander";
import { UsageError } from "../core/errors.ts";
import { addCheck } from "./check.ts";
import { helpGroups } from "./help-groups.ts";
import { addInstallOption } from "./install-option.ts";
import { addCompare } from "./compare.ts";
import { addDoctor } from "./doctor.ts";
import { addList } from "./list.ts";
import { addSelftest } from "./selftest.ts";
import { addSuite } from "./suite.ts";
import { addUp } from "./up.ts";

const headings = Object.values(helpGroups);

function program(): Command {
  const all = new Command("encaplab").exitOverride();
  for (const add of [addSuite, addUp, addCheck, addList, addCompare, addSelftest, addDoctor]) add(all);
  for (const command of all.commands) addInstallOption(command.exitOverride());
  return all;
}

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
      () => program().parse(["node", "encaplab", ...argv]),
      (error) => error instanceof CommanderError && error.exitCode === 0,
    );
  } finally {
    process.stdout.write = write;
  }
  return text;
}

describe("help", () => {
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

    it(`of ${command.name()} fits on a screen, examples before options, and names every option`, () => {
      const text = printed(command.name(), "--help");
      const lines = text.trimEnd().split("\n");
      assert.ok(lines.length <= 30, text);
      assert.ok(
        lines.every((line) => line.length <= 120),
        text,
      );
      assert.match(lines[4] ?? "", /^ {2}npm run (suite|lab) -- /);
      for (const { long, hidden } of command.options) if (!hidden) assert.ok(text.includes(long ?? ""), long);
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
      (error) => error instanceof UsageError && (error.details.fix ?? "").includes("prove, lab, output, all"),
    );
  });
});
