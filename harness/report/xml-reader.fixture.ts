import { SaxesParser } from "saxes";

/** An element as read back. */
export interface XmlNode {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlNode[];
  readonly text: string;
}

interface OpenNode extends XmlNode {
  readonly children: OpenNode[];
  text: string;
}

/** Reads a document; throws on whatever XML 1.0 does not allow. */
export function parseXml(xml: string): XmlNode {
  const document: OpenNode = { name: "", attributes: {}, children: [], text: "" };
  const stack = [document];
  const parser = new SaxesParser();
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", ({ name, attributes }) => {
    const node: OpenNode = { name, attributes, children: [], text: "" };
    stack.at(-1)?.children.push(node);
    stack.push(node);
  });
  parser.on("closetag", () => stack.pop());
  parser.on("text", (text) => {
    const node = stack.at(-1);
    if (node !== undefined) node.text += text;
  });
  parser.write(xml).close();
  const [top] = document.children;
  if (top === undefined) throw new Error("no top element");
  return top;
}
