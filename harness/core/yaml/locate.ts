import { type Document, isMap, isPair, isScalar, isSeq, type LineCounter, type Node } from "yaml";
import type { ValueProblem } from "./value-problem.ts";

/** A place in a text; both count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/**
 * Where a problem shows in the file: at a scalar's own place, at the key of a map or list, and at the nearest parent
 * that is written down where the path itself is not (a default, a missing key).
 */
export function locate(document: Document, lines: LineCounter, problem: ValueProblem): Position {
  let node: unknown = document.contents;
  let offset = 0;
  for (const [index, key] of problem.path.entries()) {
    const step = descend(node, key);
    if (step === undefined) break;
    node = step.value;
    const isLast = index === problem.path.length - 1;
    const atValue = isScalar(node) && !(isLast && problem.atKey === true);
    offset = (atValue ? startOf(node) : startOf(step.key)) ?? startOf(step.key) ?? offset;
  }
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

interface Step {
  readonly key: unknown;
  readonly value: unknown;
}

function descend(node: unknown, key: string | number): Step | undefined {
  if (isMap(node)) {
    // Of a key given twice the last one counts, as in the data made from it.
    const pair = node.items.findLast(
      (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(key),
    );
    return pair && { key: pair.key, value: pair.value };
  }
  const item = isSeq(node) ? node.items[Number(key)] : undefined;
  return item === undefined ? undefined : { key: item, value: item };
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null)?.range?.[0];
}
