/** For tests only: an element as read back. */
export interface XmlNode {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlNode[];
  readonly text: string;
}

/** For tests only: a strict reader of the XML that our reports use; throws on whatever is not well-formed. */
export function parseXml(xml: string): XmlNode {
  if (forbidden.test(xml)) throw new Error("character that XML 1.0 forbids");
  const root: OpenNode = { name: "", attributes: {}, children: [], text: "" };
  const stack: OpenNode[] = [root];
  for (const token of xml.replace(/^<\?xml[^?]*\?>\s*/, "").match(/<[^>]*>|[^<]+/g) ?? []) read(token, stack);
  if (stack.length !== 1) throw new Error(`<${stack.at(-1)?.name ?? ""}> is not closed`);
  const [top, second] = root.children;
  if (top === undefined || second !== undefined) throw new Error("not exactly one top element");
  return top;
}

interface OpenNode {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: OpenNode[];
  text: string;
}

const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u;
const openTag = /^<([A-Za-z][\w.-]*)((?: [A-Za-z][\w:.-]*="[^"<]*")*)\s*(\/?)>$/;

function read(token: string, stack: OpenNode[]): void {
  const current = stack.at(-1);
  if (current === undefined) throw new Error(`${token} after the end`);
  if (!token.startsWith("<")) {
    if (token.includes("]]>")) throw new Error("]]> in text");
    current.text += decode(token);
    return;
  }
  if (token.startsWith("</")) {
    if (token !== `</${current.name}>`) throw new Error(`${token} closes <${current.name}>`);
    stack.pop();
    return;
  }
  const [, name, list = "", empty] = openTag.exec(token) ?? [];
  if (name === undefined) throw new Error(`bad tag ${token}`);
  const attributes = Object.fromEntries(
    [...list.matchAll(/ ([\w:.-]+)="([^"]*)"/g)].map(([, key = "", value = ""]) => [key, decode(value)]),
  );
  const node: OpenNode = { name, attributes, children: [], text: "" };
  current.children.push(node);
  if (empty === "") stack.push(node);
}

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function decode(text: string): string {
  return text.replace(/&([^;]*);?/g, (whole, name: string) => {
    const known = entities[name];
    if (known !== undefined && whole.endsWith(";")) return known;
    const code = /^#(\d+)$/.exec(name)?.[1];
    if (code === undefined) throw new Error(`bad entity ${whole}`);
    return String.fromCodePoint(Number(code));
  });
}
