import { readdir, readFile } from "node:fs/promises";
import { join, sep } from "node:path";
import ts from "typescript";

/** Files that name every provider by their nature. */
const rooms = ["provider/registry.ts"];

/** Programs whose argv begins with a word that is a provider's name too, or holds one: `docker run`, `ip netns add`. */
const programs = ["docker", "ip"];

/** Where a provider's name stands for something else, and what. */
const exceptions: readonly { readonly file: string; readonly name: string; readonly because: string }[] = [
  { file: "cli/doctor.ts", name: "vm", because: "an example of the help" },
  { file: "cli/suite.ts", name: "kind", because: "an example of the help" },
  { file: "cli/up.ts", name: "vm", because: "an example of the help" },
  { file: "exec/docker/docker-guard.ts", name: "docker", because: "the program that is started where none is given" },
  { file: "provider/kind/create-cluster.ts", name: "cluster", because: "what the program kind creates" },
  { file: "verify/judge-tunnels.ts", name: "kind", because: "a property of a network device" },
];

/**
 * Every string literal that is a provider's name and stands outside that provider's folder: providers are known by the registry
 * alone. So is every text that advises one (`--provider vm`). Tests may name them, and argv of the programs docker and ip.
 */
export async function findStrayProviderNames(harness: string): Promise<readonly string[]> {
  const folders = await readdir(join(harness, "provider"), { withFileTypes: true }).catch(() => []);
  const names = new Set(folders.filter((entry) => entry.isDirectory()).map(({ name }) => name));
  const files = (await readdir(harness, { recursive: true })).filter(
    (name) => name.endsWith(".ts") && !/(\.(test|contract|fixture)\.ts$)|\/testdata\//.test(name),
  );
  const found = await Promise.all(
    files
      .filter((file) => !rooms.includes(file))
      .map(async (file) => {
        const text = await readFile(join(harness, file), "utf8");
        return strayNames(text, names)
          .filter(({ name }) => !file.startsWith(["provider", name, ""].join(sep)))
          .filter(({ name }) => !exceptions.some((each) => each.file === file && each.name === name))
          .map(
            ({ name, line }) => `harness/${file}:${line} names the provider "${name}": let its offer say what it is`,
          );
      }),
  );
  return found.flat();
}

interface Stray {
  readonly name: string;
  readonly line: number;
}

function strayNames(text: string, names: ReadonlySet<string>): readonly Stray[] {
  const source = ts.createSourceFile("x.ts", text, ts.ScriptTarget.Latest, true);
  const found: Stray[] = [];
  const look = (node: ts.Node): void => {
    if (!ts.isStringLiteralLike(node) && !isTemplatePart(node)) {
      ts.forEachChild(node, look);
      return;
    }
    const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    const advised = /--provider (\w+)/.exec(node.text)?.[1] ?? "";
    if (names.has(advised)) found.push({ name: advised, line });
    // `Part["kind"]` names a field.
    const isField = ts.isLiteralTypeNode(node.parent) && ts.isIndexedAccessTypeNode(node.parent.parent);
    if (names.has(node.text) && !isField && !isArgv(node)) found.push({ name: node.text, line });
  };
  ts.forEachChild(source, look);
  return found;
}

/** The text between the values of a template. */
function isTemplatePart(node: ts.Node): node is ts.TemplateHead | ts.TemplateMiddle | ts.TemplateTail {
  return ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node);
}

/** Whether a word is part of a command line: an array that begins with the name of such a program. */
function isArgv({ parent }: ts.Node): boolean {
  if (!ts.isArrayLiteralExpression(parent)) return false;
  const [first] = parent.elements;
  return first !== undefined && ts.isStringLiteralLike(first) && programs.includes(first.text);
}
