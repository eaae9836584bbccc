import type { Environment } from "../run/record.ts";
import type { Style } from "./style.ts";

/** First line of a run: program, run, machine. */
export function renderHeader(id: string, environment: Environment, style: Style): string {
  const { version, kernel, cpus } = environment;
  return `${style.strong(`encaplab ${version}`)} · run ${id} · kernel ${kernel} · ${cpus} CPU${cpus === 1 ? "" : "s"}`;
}

/** A line of the header block: a word and what it stands for. */
export function renderHeaderLine(word: string, text: string, style: Style): string {
  return `${style.faint(word.padEnd(wordWidth))} ${text}`;
}

/** The widest mode id is 18 characters. */
const wordWidth = 18;
