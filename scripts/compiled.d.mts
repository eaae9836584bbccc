export function compiledFolder(root: string): Promise<string | undefined>;
