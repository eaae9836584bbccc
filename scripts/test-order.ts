/** A test file with its text. */
export interface TestFile {
  readonly path: string;
  readonly text: string;
}

/**
 * Which files run one after the other, which with one other beside them only, which at any time, and which when no other does; each in the
 * order in which they begin.
 */
export interface TestOrder {
  readonly alone: readonly string[];
  readonly emulated: readonly string[];
  readonly others: readonly string[];
  readonly calm: readonly string[];
}

/** What only one file may do at a time: make labs of dead owners, remove such labs, use this machine's Docker engine. */
const mayRunOnlyAlone = /--stale\b|\borphan\b|ci\/nightly\.sh|docker-engine\.fixture/;

/** The labs of dead owners that such a file makes are on machines of its own, where nobody else looks. */
const hasMachines = /\bstartMachines\(/;

/** Verdicts on labs of emulated machines: at a load of 13 on 2 processors their packets come so late that a run proves nothing. */
const judgesMachines = ({ text }: TestFile): boolean =>
  text.includes('"--provider", "vm"') && /\blatestRun\(/.test(text);

/** What says that a cost lies in a narrow interval: the second of a flow that others disturb makes it wide. */
const measuresCosts = /\bmeasureNetwork\(/;

/**
 * The longest first, so that at the end no processor waits for one long file: as long as a file allows its tests, which their authors
 * knew. Those that run alone begin with the shortest: labs of emulated machines, the longest of both, do not meet then. Pure.
 */
export function orderTests(files: readonly TestFile[]): TestOrder {
  const longestFirst = files.toSorted((a, b) => longestMs(b) - longestMs(a) || (a.path < b.path ? -1 : 1));
  const isAlone = ({ text }: TestFile): boolean => mayRunOnlyAlone.test(text) && !hasMachines.test(text);
  const paths = (some: readonly TestFile[]): readonly string[] => some.map(({ path }) => path);
  const calm = longestFirst.filter(({ text }) => measuresCosts.test(text));
  const busy = longestFirst.filter((file) => !calm.includes(file));
  const free = busy.filter((file) => !isAlone(file));
  return {
    alone: paths(busy.filter(isAlone).toReversed()),
    emulated: paths(free.filter(judgesMachines)),
    others: paths(free.filter((file) => !judgesMachines(file))),
    calm: paths(calm),
  };
}

/** Milliseconds that a file allows the longest of its tests; 0 where what every test has is enough. */
function longestMs({ text }: TestFile): number {
  const limits = text.matchAll(/(?:\btimeout\(|\w+Ms = )(\d[\d_]*)/g);
  return Math.max(0, ...[...limits].map(([, digits = ""]) => Number(digits.replaceAll("_", ""))));
}
