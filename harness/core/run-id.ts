import { randomInt } from "node:crypto";

/** Letters of a run id: no vowels and no look-alikes, so that ids neither spell words nor confuse a reader. */
const alphabet = "23456789bcdfghjkmnpqrstvwxz";

/** Characters of a run id; 27^5 ids keep two runs on one machine apart, and fit with what follows them in 15-character device names. */
const runIdLength = 5;

/** A new random run id, for example `7f3kq`. */
export function newRunId(): string {
  return Array.from({ length: runIdLength }, () => alphabet.charAt(randomInt(alphabet.length))).join("");
}

/** Letters that a further lab of a run has at most behind the run's own id: 27 + 27² labs may stand at a time. */
const furtherLetters = 2;

/** Matches the id of a run or of one of its further labs; used where names are parsed back into labs. */
export const runIdPattern = `[${alphabet}]{${runIdLength},${runIdLength + furtherLetters}}`;

/**
 * The id of a run's lab: that of the run itself for the first (0), which a letter or two follow for those that stand beside it:
 * `7f3kq`, `7f3kq2`, `7f3kq3`. So a lab tells by its name whose it is, to whoever finds it and has nothing else.
 */
export function labOfRun(runId: string, index: number): string {
  const { length } = alphabet;
  const letters = ((index - 1) % (length + length ** furtherLetters)) + 1;
  return index === 0 ? runId : `${runId}${spell(letters)}`;
}

/** The run that a lab belongs to. */
export function runOfLab(labId: string): string {
  return labId.slice(0, runIdLength);
}

/** 1 is the first letter, 28 the first two. */
function spell(count: number): string {
  const { length } = alphabet;
  const last = alphabet.charAt((count - 1) % length);
  return count <= length ? last : `${spell(Math.floor((count - 1) / length))}${last}`;
}
