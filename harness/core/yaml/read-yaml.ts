import { LineCounter, parseDocument, type Document } from "yaml";
import { UsageError, messageOf } from "../errors.ts";
import { locate, type Position } from "./locate.ts";
import type { ValueProblem } from "./value-problem.ts";

/** What became of a file's data. */
export interface YamlReading<T> {
  readonly problems: readonly ValueProblem[];
  /** Missing where nothing could be made of it. */
  readonly value?: T;
}

/**
 * Reads the text of a YAML file. `source` is its path in messages. Throws one UsageError that lists every problem as
 * `file.yaml:7:12 subnets.rack-b.cidr: …`.
 */
export function readYaml<T>(text: string, source: string, read: (data: unknown) => YamlReading<T>, fix: string): T {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const syntax = [...document.errors, ...document.warnings].map((error): LocatedProblem => {
    const { line, col } = lines.linePos(error.pos[0]);
    const key = /^[^\s:,{}]*/.exec(text.slice(error.pos[0]))?.[0] ?? "";
    const isTwice = error.code === "DUPLICATE_KEY";
    return { position: { line, column: col }, text: isTwice ? `${key}: given twice` : error.message };
  });
  // A key given twice leaves the rest readable; any other error of syntax makes it guesswork.
  const readable = document.errors.every(({ code }) => code === "DUPLICATE_KEY");
  const { problems, value } = readable ? readDocument(document, read) : { problems: [] };
  const located = problems.map((problem) => ({
    position: locate(document, lines, problem),
    text: [problem.path.join("."), problem.message].filter((part) => part !== "").join(": "),
  }));
  const all = [...syntax, ...located];
  if (all.length > 0 || value === undefined) throw badFile(source, all, fix);
  return value;
}

function readDocument<T>(document: Document, read: (data: unknown) => YamlReading<T>): YamlReading<T> {
  let data: unknown;
  try {
    data = document.toJS();
  } catch (error) {
    // Aliases that refer to nothing, or that unfold into millions of values.
    return { problems: [{ path: [], message: messageOf(error) }] };
  }
  return data === null ? { problems: [{ path: [], message: "the file is empty" }] } : read(data);
}

interface LocatedProblem {
  readonly position: Position;
  readonly text: string;
}

function badFile(source: string, problems: readonly LocatedProblem[], fix: string): UsageError {
  const inOrder = problems.toSorted(
    (a, b) => a.position.line - b.position.line || a.position.column - b.position.column,
  );
  const rows = inOrder.map(({ position, text }) => `  ${source}:${position.line}:${position.column} ${text}`);
  const count = `${problems.length} problem${problems.length === 1 ? "" : "s"}`;
  return new UsageError([`${source}: ${count}`, ...rows].join("\n"), { fix });
}
