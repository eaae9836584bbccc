import { randomInt } from "node:crypto";

/** Letters of a run id: no vowels and no look-alikes, so that ids neither spell words nor confuse a reader. */
const alphabet = "23456789bcdfghjkmnpqrstvwxz";

/** Characters of a run id; 27^5 ids keep two runs on one machine apart and fit in 15-character device names. */
const runIdLength = 5;

/** A new random run id, for example `7f3kq`. */
export function newRunId(): string {
  return Array.from({ length: runIdLength }, () => alphabet.charAt(randomInt(alphabet.length))).join("");
}

/** Matches a run id; used where names are parsed back into runs. */
export const runIdPattern = `[${alphabet}]{${runIdLength}}`;
