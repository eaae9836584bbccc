import { describeExpectation } from "../encap/describe.ts";
import type { PathExpectation } from "../encap/expectation.ts";
import type { Mode } from "../encap/mode.ts";
import type { Path } from "../encap/path.ts";
import { diagramText } from "../topology/diagram.ts";
import type { Plan } from "../topology/plan.ts";

/** The paths of a mode. What must be true of each is computed when it is asked for: of tens of thousands nobody keeps it all. */
export interface ListedMode {
  readonly mode: Mode;
  readonly paths: readonly Path[];
  readonly expect: (path: Path) => PathExpectation;
}

/** The lab, and a line for each path: for people, in pieces. */
export function* pathTable(plan: Plan, list: readonly ListedMode[]): Generator<string> {
  yield `${diagramText(plan)}  plan ${plan.digest}`;
  for (const { mode, paths, expect } of list) {
    const width = paths.reduce((longest, { id }) => Math.max(longest, id.length), 0);
    yield `\n\n${mode.calicoName} (${mode.id}): ${String(paths.length)} paths`;
    for (const path of paths) yield `\n  ${path.id.padEnd(width)}  ${describeExpectation(expect(path))}`;
  }
  yield "\n";
}

/** The same for tools, as JSON in pieces: in a large lab all of it is longer than a string can be. */
export function* pathJson(plan: Plan, list: readonly ListedMode[]): Generator<string> {
  const head = { schema: "encaplab/list/1", topology: plan.topology.name, planDigest: plan.digest };
  yield `${JSON.stringify(head, undefined, 2).slice(0, -"\n}".length)},\n  "scenarios": [`;
  for (const [index, { mode, paths, expect }] of list.entries()) {
    yield `${index === 0 ? "" : ","}\n    {\n      "mode": ${JSON.stringify(mode.id)},\n      "paths": [`;
    for (const [place, path] of paths.entries())
      yield `${place === 0 ? "" : ","}\n${indented(JSON.stringify(expect(path), undefined, 2), 8)}`;
    yield `${paths.length === 0 ? "" : "\n      "}]\n    }`;
  }
  yield `${list.length === 0 ? "" : "\n  "}]\n}\n`;
}

/** Characters that are written at once. */
const pieceLength = 65_536;

/** Writes a text as fast as it is read, so that little of it is in memory; ends where nobody reads on. */
export async function printPieces(pieces: Iterable<string>, output: NodeJS.WritableStream): Promise<void> {
  let waiting = "";
  for (const piece of pieces) {
    waiting += piece;
    if (waiting.length < pieceLength) continue;
    if (!(await isTaken(waiting, output))) return;
    waiting = "";
  }
  await isTaken(waiting, output);
}

/** What is wrong with the output its own listeners tell. */
function isTaken(text: string, output: NodeJS.WritableStream): Promise<boolean> {
  return new Promise((resolve) => {
    output.write(text, (error) => {
      resolve(error === null || error === undefined);
    });
  });
}

function indented(text: string, spaces: number): string {
  const margin = " ".repeat(spaces);
  return `${margin}${text.replaceAll("\n", `\n${margin}`)}`;
}
