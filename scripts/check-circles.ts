/** Which files each file imports, also types alone. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

/** A file whose own imports may close a circle, and why nobody opens it. */
export interface AllowedHub {
  readonly file: string;
  readonly reason: string;
}

/** What is wrong with how files import each other: circles that no allowed hub closes, and hubs that close none. */
export function findCircles(imports: ImportGraph, hubs: readonly AllowedHub[]): readonly string[] {
  const allowed = new Map(hubs.map(({ file }): [string, readonly string[]] => [file, []]));
  const circles = circlesIn(new Map([...imports, ...allowed])).map((files) => files.toSorted().join(", "));
  const members = new Set(circlesIn(imports).flat());
  return [
    ...circles.map((files) => `harness/: these files import each other in a circle: ${files}`),
    ...[...allowed.keys()]
      .filter((file) => !members.has(file))
      .map((file) => `layers.json allows ${file} to close a circle, but it closes none`),
  ];
}

/** The groups of files in which each one reaches every other: Tarjan's strongly connected components, of two files and more. */
function circlesIn(imports: ImportGraph): readonly (readonly string[])[] {
  const visited = new Map<string, number>();
  const open: string[] = [];
  const circles: string[][] = [];
  const visit = (file: string): number => {
    const own = visited.size;
    let lowest = own;
    visited.set(file, own);
    open.push(file);
    for (const next of imports.get(file) ?? []) {
      const known = visited.get(next);
      if (known === undefined) lowest = Math.min(lowest, visit(next));
      else if (open.includes(next)) lowest = Math.min(lowest, known);
    }
    if (lowest === own) {
      const group = open.splice(open.indexOf(file));
      if (group.length > 1) circles.push(group);
    }
    return lowest;
  };
  for (const file of imports.keys()) if (!visited.has(file)) visit(file);
  return circles;
}
