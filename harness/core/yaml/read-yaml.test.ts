import assert from "node:assert/strict";
import { z } from "zod";
import { readYaml } from "./read-yaml.ts";
import { schemaProblems } from "./schema-problems.ts";

const schema = z.strictObject({ name: z.string() });

function messageOn(text: string): string {
  try {
    readYaml(
      text,
      "mine.yaml",
      (data) => {
        const { success, error } = schema.safeParse(data);
        return success
          ? { problems: [], value: data }
          : { problems: error.issues.flatMap((issue) => schemaProblems(issue, data, () => ["name"])) };
      },
      "correct it",
    );
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}

describe("a file that is another one than was meant", () => {
  it("is told by its kind, and nothing of it is quoted, however short: it may be a password", () => {
    for (const [text, kind] of [
      ["hunter2", "a text of 7 characters"],
      ["db.lan:5432:lab:admin:hunter2\n", "a text of 29 characters"],
      ["[hunter2, hunter2]", "a list of 2 entries"],
      ["4711", "a number"],
    ] as const)
      assert.equal(messageOn(text), `mine.yaml: 1 problem\n  mine.yaml:1:1 expected a map, got ${kind}`);
  });

  it("but a wrong value of a right file is quoted, and an unknown key named", () => {
    assert.equal(
      messageOn("name: 7\nnames: x\n"),
      "mine.yaml: 2 problems\n  mine.yaml:1:7 name: expected text, got 7\n  mine.yaml:2:1 names: unknown key (did you mean name?); known: name",
    );
  });
});
