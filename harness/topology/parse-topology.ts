import { LineCounter, parseDocument } from "yaml";
import type { Document } from "yaml";
import { UsageError, messageOf } from "../core/errors.ts";
import { checkShape, valueAt } from "./check-shape.ts";
import { fillTopology } from "./fill-topology.ts";
import { locate, pathText } from "./locate.ts";
import type { Position } from "./locate.ts";
import type { Topology } from "./topology.ts";
import type { TopologyProblem, ValuePath } from "./topology-problem.ts";
import { validateTopology } from "./validate.ts";

/**
 * Reads the text of a topology file. `source` is its path in messages, `fallbackName` the topology's name where the file
 * gives none. Throws one UsageError that lists every problem as `file.yaml:7:12 subnets.rack-b.cidr: …`.
 */
export function parseTopology(text: string, source: string, fallbackName: string): Topology {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const syntax = [...document.errors, ...document.warnings].map((error) => {
    const { line, col } = lines.linePos(error.pos[0]);
    const key = /^[^\s:,{}]*/.exec(text.slice(error.pos[0]))?.[0] ?? "";
    const isTwice = error.code === "DUPLICATE_KEY";
    return { position: { line, column: col }, text: isTwice ? `${key}: given twice` : error.message };
  });
  // A key given twice leaves the rest readable; any other error of syntax makes it guesswork.
  const readable = document.errors.every(({ code }) => code === "DUPLICATE_KEY");
  const { problems, topology } = readable ? readDocument(document, source, fallbackName) : { problems: [] };
  const located = problems.map((problem) => ({
    position: locate(document, lines, problem),
    text: [pathText(problem.path), problem.message].filter((part) => part !== "").join(": "),
  }));
  const all = [...syntax, ...located];
  if (all.length > 0 || topology === undefined) throw badTopology(source, all);
  return topology;
}

interface Reading {
  readonly problems: readonly TopologyProblem[];
  readonly topology?: Topology;
}

function readDocument(document: Document, source: string, fallbackName: string): Reading {
  let data: unknown;
  try {
    data = document.toJS();
  } catch (error) {
    // Aliases that refer to nothing, or that unfold into millions of values.
    return { problems: [{ path: [], message: messageOf(error) }] };
  }
  if (data === null) return { problems: [{ path: [], message: "the file is empty" }] };
  const shape = checkShape(data);
  if (shape.file === undefined) return { problems: shape.problems };
  const topology = fillTopology(shape.file, source, fallbackName);
  const spells = (path: ValuePath) => valueAt(data, path) !== undefined;
  const meaning = validateTopology(topology, { spells, entriesCut: shape.entriesCut });
  return { problems: [...shape.problems, ...meaning], topology };
}

interface LocatedProblem {
  readonly position: Position;
  readonly text: string;
}

function badTopology(source: string, problems: readonly LocatedProblem[]): UsageError {
  const inOrder = problems.toSorted(
    (a, b) => a.position.line - b.position.line || a.position.column - b.position.column,
  );
  const rows = inOrder.map(({ position, text }) => `  ${source}:${position.line}:${position.column} ${text}`);
  const count = `${problems.length} problem${problems.length === 1 ? "" : "s"}`;
  return new UsageError([`${source}: ${count}`, ...rows].join("\n"), {
    fix: "correct the file; topologies/README.md shows working ones, `npm run lab -- schema` prints the schema",
  });
}
