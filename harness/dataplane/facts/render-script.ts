import { groupBy } from "../../core/group-by.ts";
import { shellQuote } from "../../exec/quote.ts";
import type { Section } from "./sections.ts";

/** Stands before each answer, with its name, and after it, with the exit code; no output of these commands looks like it. */
export const begin = "--encaplab-begin ";
export const end = "--encaplab-end ";

/**
 * POSIX sh that answers every section. Each process counts where hundreds of nodes share a machine, or where machines are emulated: what
 * ip(8) can tell in one it tells in one, and only where that fails each section asks for itself and says why.
 */
export function factsScript(sections: readonly Section[]): string {
  const groups = groupBy(sections, (section) => section.batch?.options ?? section.name);
  return [...groups.values()]
    .map((own) => (own.length > 1 ? batchScript(own) : own.map(sectionScript).join("\n")))
    .join("\n");
}

/** With -json each line of a batch prints one line, and versions that print nothing for an empty list are asked one by one. */
function batchScript(sections: readonly Section[]): string {
  const lines = sections.flatMap(({ batch }) => (batch === undefined ? [] : [batch.line]));
  const told = sections.flatMap(({ name }, index) => [
    shellQuote([`${begin}${name}`]),
    `"$${index + 1}"`,
    "''",
    shellQuote([`${end}0`]),
  ]);
  return [
    `answers=$(ip -j ${sections[0]?.batch?.options ?? ""} -batch - 2>/dev/null <<'BATCH'`,
    ...lines,
    "BATCH",
    ") || answers=",
    "set -f; IFS='",
    "'; set -- $answers; unset IFS; set +f",
    `if [ $# -eq ${sections.length} ]`,
    `then printf '%s\\n' ${told.join(" ")}`,
    "else",
    ...sections.map(sectionScript),
    "fi",
  ].join("\n");
}

/** What a command says for an error comes after its output, and only where it failed. */
function sectionScript({ name, command }: Section): string {
  return [
    `echo '${begin}${name}'`,
    `{ ${command}`,
    "} 2>/dev/null && code=0 || code=$?",
    "echo",
    `echo "${end}$code"`,
    `[ "$code" -eq 0 ] || { ${command}`,
    "} 2>&1 >/dev/null | head -n 3",
  ].join("\n");
}
