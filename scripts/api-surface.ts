import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import ts from "typescript";

/**
 * What an entry file exports, as declarations without bodies and comments, sorted by name: what others can see of it. Types
 * that it names are not followed: what they hold is theirs to freeze where the entry exports them too.
 */
export async function surfaceOf(entry: string): Promise<string> {
  const file = await parse(entry);
  const exported = file.statements.filter(ts.isExportDeclaration);
  const texts = exported.map(async ({ moduleSpecifier, exportClause }) => {
    if (moduleSpecifier === undefined || !ts.isStringLiteral(moduleSpecifier)) return [];
    if (exportClause === undefined || !ts.isNamedExports(exportClause)) throw new Error(`${entry}: export by name`);
    const from = await parse(join(dirname(entry), moduleSpecifier.text));
    return exportClause.elements.map(({ name }): [string, string] => [name.text, declarationsOf(name.text, from)]);
  });
  const all = (await Promise.all(texts)).flat().sort(([a], [b]) => a.localeCompare(b));
  return `${all.map(([, text]) => text).join("\n\n")}\n`;
}

async function parse(path: string): Promise<ts.SourceFile> {
  return ts.createSourceFile(path, await readFile(path, "utf8"), ts.ScriptTarget.Latest, true);
}

const printer = ts.createPrinter({ removeComments: true });

function declarationsOf(name: string, file: ts.SourceFile): string {
  const own = file.statements.filter((statement) => nameOf(statement) === name);
  if (own.length === 0) throw new Error(`${file.fileName} does not declare ${name}`);
  const functions = own.filter(ts.isFunctionDeclaration);
  // Of overloads only those without a body can be seen.
  const visible = functions.length > 1 ? own.filter((one) => !ts.isFunctionDeclaration(one) || !one.body) : own;
  return visible.map((statement) => printer.printNode(ts.EmitHint.Unspecified, bodiless(statement), file)).join("\n");
}

function nameOf(statement: ts.Statement): string | undefined {
  if (ts.isVariableStatement(statement)) return statement.declarationList.declarations[0]?.name.getText();
  const named =
    ts.isFunctionDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isClassDeclaration(statement);
  return named ? statement.name?.text : undefined;
}

function bodiless(statement: ts.Statement): ts.Statement {
  if (!ts.isFunctionDeclaration(statement)) return statement;
  const { modifiers, asteriskToken, name, typeParameters, parameters, type } = statement;
  const visible = modifiers?.filter(({ kind }) => kind !== ts.SyntaxKind.AsyncKeyword);
  return ts.factory.createFunctionDeclaration(
    visible,
    asteriskToken,
    name,
    typeParameters,
    parameters,
    type,
    undefined,
  );
}
