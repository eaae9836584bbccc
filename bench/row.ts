/** A figure of a benchmark: a ratio to a named peer in the same run, or megabytes. */
export interface Figure {
  readonly value: number;
  readonly better: "lower" | "higher";
  /** Share by which two runs of the same code differ: what lies within is noise. */
  readonly noise: number;
}

/** Figures by name: "scale 50: processor time per node / script by hand". */
export type Figures = Readonly<Record<string, Figure>>;

/** What stands before a line of figures on standard output. */
const mark = "figures ";

/** Prints figures for whoever runs all benchmarks and compares. */
export function printFigures(figures: Figures): void {
  console.log(`${mark}${JSON.stringify(figures)}`);
}

/** The figures that a benchmark printed. */
export function figuresIn(output: string): Figures {
  const lines = output.split("\n").filter((line) => line.startsWith(mark));
  return Object.assign({}, ...lines.map((line) => JSON.parse(line.slice(mark.length)) as Figures)) as Figures;
}

/** One line for each figure that both have: the ratio to before, and whether that is more than noise. */
export function compareFigures(
  before: Figures,
  now: Figures,
): { readonly lines: readonly string[]; readonly worse: boolean } {
  const rows = Object.entries(now).map(([name, figure]) => {
    const old = before[name];
    if (old === undefined) return { line: `  ${name}  ${shown(figure.value)}  new`, worse: false };
    const change = figure.better === "lower" ? figure.value / old.value : old.value / figure.value;
    const noise = Math.max(old.noise, figure.noise);
    const worse = change > 1 + noise;
    const word = worse ? "SLOWER" : change < 1 / (1 + noise) ? "faster" : "the same within noise";
    return { line: `  ${name}  ${shown(figure.value)}, was ${shown(old.value)}  ${word}`, worse };
  });
  return { lines: rows.map(({ line }) => line), worse: rows.some(({ worse }) => worse) };
}

function shown(value: number): string {
  return value >= 10 ? value.toFixed(0) : value.toFixed(2);
}
