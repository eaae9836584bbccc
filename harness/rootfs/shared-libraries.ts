/** Shared libraries that programs need, and those that are missing. */
export interface SharedLibraries {
  /** Absolute paths, the dynamic loader among them; sorted, each once. */
  readonly files: readonly string[];
  /** Names that the loader did not find. */
  readonly missing: readonly string[];
}

/** Reads the output of ldd(1) for any number of programs; static ones have no lines that count. */
export function parseLdd(output: string): SharedLibraries {
  const files = new Set<string>();
  const missing = new Set<string>();
  for (const line of output.split("\n")) {
    const found = /^\s+(?:\S+ => )?(\/\S+) \(0x[0-9a-f]+\)$/.exec(line)?.[1];
    const lost = /^\s+(\S+) => not found$/.exec(line)?.[1];
    if (found !== undefined) files.add(found);
    if (lost !== undefined) missing.add(lost);
  }
  return { files: [...files].sort(), missing: [...missing].sort() };
}
