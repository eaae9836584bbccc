import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fallback, heardRules, rules } from "../harness/cause/registry.ts";
import { sourceCheck } from "../harness/cause/source-check.ts";
import { docsFolder } from "./docs.ts";

const page = readFileSync(join(docsFolder, "troubleshooting.md"), "utf8");

/** Cells of the tables below a heading of the second level, row by row. */
function rowsBelow(heading: string): readonly (readonly string[])[] {
  const section = page.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? "";
  const lines = section.split("\n").filter((line) => line.startsWith("| ") && !/^\| *-/.test(line));
  return lines.map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim())).map((cells) => cells.slice(1, -1));
}

/** What the program says, as quoted: the words between what stands for names and numbers. */
function quotedBelow(heading: string): readonly (readonly string[])[] {
  const cells = rowsBelow(heading).map(([first = ""]) => first);
  const quotes = cells.flatMap((cell) => [...cell.matchAll(/"([^"]+)"/g)].map(([, quote = ""]) => quote));
  return quotes.map((quote) => quote.split("…").flatMap((part) => (part.trim() === "" ? [] : [part.trim()])));
}

/** Sources of rooms, tests left out. */
function sourcesOf(...rooms: readonly string[]): readonly string[] {
  return rooms.flatMap((room) => {
    const folder = join(docsFolder, "..", "harness", room);
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
    const own = files.filter((file) => file.endsWith(".ts") && !/\.(?:test|fixture|contract)\.ts$/.test(file));
    return own.map((file) => readFileSync(join(folder, file), "utf8"));
  });
}

/** Fixed words of the sentences that follow one of the keys in a source: those around `${…}`. */
function sentencesAfter(keys: RegExp, sources: readonly string[]): readonly (readonly string[])[] {
  return sources.flatMap((source) =>
    [...source.matchAll(new RegExp(`(?:${keys.source})\\s*(?:"([^"\\n]+)"|\`([^\`]+)\`)`, "gm"))].map(
      ([, plain, template]) => (plain ?? template ?? "").split(/\$\{[^}]*\}/).map((part) => part.trim()),
    ),
  );
}

/** All texts in sources, as their fixed words. */
function literalsIn(sources: readonly string[]): readonly (readonly string[])[] {
  return sentencesAfter(/^[^"`*\n]*?/m, sources);
}

/** Some words in a row, not only a part that others are put around. */
function isSentence(parts: readonly string[]): boolean {
  return parts.some((part) => /[a-z]+ [a-z]+ [a-z]+/i.test(part));
}

function isTold(parts: readonly string[], quotes: readonly (readonly string[])[]): boolean {
  return quotes.some((quote) => quote.every((words) => parts.some((part) => part.includes(words))));
}

describe("the page of troubleshooting", () => {
  it("has an entry for each cause, and for nothing else", () => {
    const entries = rowsBelow("Failures, by cause").map((cells) => (cells.at(-1) ?? "").replaceAll("`", ""));
    const named = entries.filter((name) => name !== "name");
    const known = [...rules, fallback, sourceCheck, ...heardRules].map(({ name }) => name);
    assert.deepEqual(named.toSorted(), known.toSorted());
  });

  for (const heading of ["Skipped", "Inconclusive"]) {
    it(`quotes what the program says: ${heading.toLowerCase()}`, () => {
      const quotes = quotedBelow(heading);
      assert.ok(quotes.length > 15, String(quotes.length));
      const sources = sourcesOf(
        ...["capture", "dataplane", "encap", "measure", "observe", "run", "sentinel", "verify"],
      );
      const unknown = quotes.filter((quote) => !sources.some((source) => quote.every((part) => source.includes(part))));
      assert.deepEqual(unknown, []);
    });
  }

  it("has an entry for each reason for which something is skipped", () => {
    const sentences = [
      ...sentencesAfter(/\breason:|\breason =|\blacks:/, sourcesOf("dataplane")),
      ...sentencesAfter(/\bskipped\(plan, mode, path,/, sourcesOf("encap")),
      ...sentencesAfter(/lackingReason[^}]*?return|\|\|/, sourcesOf("run")),
    ].filter(isSentence);
    assert.ok(sentences.length > 20, String(sentences.length));
    const quotes = quotedBelow("Skipped");
    assert.deepEqual(
      sentences.filter((parts) => !isTold(parts, quotes)),
      [],
    );
  });

  it("has an entry for each reason for which nothing can be claimed", () => {
    const settles =
      /rerun the probe|: see reached|proves? nothing|is unknown|could not be read|was not read|in doubt \(|be deaf|too few/;
    const ofCaptures = /^tcpdump (?:ended|died|cannot|captured|counted) ?|the kernel dropped|was full after|is cut$/;
    const sentences = literalsIn(sourcesOf("capture", "measure", "observe", "sentinel", "verify"))
      .filter((parts) => parts.some((part) => settles.test(part) || ofCaptures.test(part)))
      .filter(isSentence);
    assert.ok(sentences.length > 20, String(sentences.length));
    const quotes = quotedBelow("Inconclusive");
    assert.deepEqual(
      sentences.filter((parts) => !isTold(parts, quotes)),
      [],
    );
  });
});
