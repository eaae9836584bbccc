// Reads the reports of ci/mutation.sh: prints the mutants that no test found and survivors.md gives no reason for, then each folder's
// score. Ends with 1 where a folder is below 90 %, or where survivors.md names a mutant that is found by now.
import { readFileSync } from "node:fs";

const leastScore = 90;
const listed = readList(readFileSync(new URL("survivors.md", import.meta.url), "utf8"));
const used = new Set();
const rows = process.argv.slice(2).map(readReport);

for (const { folder, found, survived, excused } of rows) {
  const score = (100 * found) / (found + survived.length);
  const raw = (100 * found) / (found + survived.length + excused);
  for (const line of survived) console.log(line);
  console.log(
    `${folder}: ${score.toFixed(1)} % (${found} of ${found + survived.length} mutants found; ${raw.toFixed(1)} % with the ${excused} that survivors.md explains)`,
  );
  if (score < leastScore) process.exitCode = 1;
}
const folders = new Set(rows.map(({ folder }) => folder));
for (const entry of listed.filter(({ file }) => folders.has(file.split("/")[0]))) {
  if (used.has(entry)) continue;
  console.log(`survivors.md: no such survivor any more: ${entry.file} ${entry.code} → ${entry.becomes ?? "anything"}`);
  process.exitCode = 1;
}

function readReport(path) {
  const { files } = JSON.parse(readFileSync(path, "utf8"));
  const row = { folder: "", found: 0, survived: [], excused: 0 };
  for (const [name, { source, mutants }] of Object.entries(files)) {
    const file = name.replace(/^harness\//, "");
    row.folder = file.split("/")[0];
    for (const mutant of mutants) {
      if (mutant.status === "Killed" || mutant.status === "Timeout") row.found += 1;
      if (mutant.status !== "Survived" && mutant.status !== "NoCoverage") continue;
      const code = codeOf(source, mutant.location);
      const becomes = oneLine(mutant.replacement);
      const entry = listed.find(
        (one) => one.file === file && one.code === code && (one.becomes ?? becomes) === becomes,
      );
      if (entry !== undefined) {
        used.add(entry);
        row.excused += 1;
        continue;
      }
      const { line, column } = mutant.location.start;
      const untested = mutant.status === "NoCoverage" ? " (no test comes here)" : "";
      row.survived.push(`${name}:${line}:${column}${untested}  ${code}  →  ${becomes}`);
    }
  }
  return row;
}

/** `## folder/file.ts`, and below it a line for each: "- `code` → `becomes`: why", or "- `code`: why" for whatever it becomes. */
function readList(text) {
  const entries = [];
  let file = "";
  for (const line of text.split("\n")) {
    file = /^## (\S+)$/.exec(line)?.[1] ?? file;
    const [, code, becomes] =
      /^- `` ?(.+?) ?``(?: → `` ?(.+?) ?``)?: ./.exec(line) ?? /^- `([^`]+)`(?: → `([^`]+)`)?: ./.exec(line) ?? [];
    if (code !== undefined) entries.push({ file, code, becomes });
  }
  return entries;
}

function codeOf(source, { start, end }) {
  const lines = source.split("\n").slice(start.line - 1, end.line);
  lines[lines.length - 1] = lines.at(-1).slice(0, end.column - 1);
  lines[0] = lines[0].slice(start.column - 1);
  return oneLine(lines.join("\n"));
}

function oneLine(text) {
  return text.replaceAll(/\s+/g, " ").trim();
}
