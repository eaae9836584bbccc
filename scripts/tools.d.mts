export declare function missingTools(tools: readonly string[]): string[];
export declare function installTools(
  tools: readonly string[],
  options: { readonly allowed: boolean; readonly say: (line: string) => void },
): Promise<string | undefined>;
