import { InvalidArgumentError } from "commander";

/** Reads how many of something an option asks for: 1 to 99. */
export function parseCount(text: string): number {
  if (/^[1-9]\d?$/.test(text)) return Number(text);
  throw new InvalidArgumentError("write a number from 1 to 99.");
}
