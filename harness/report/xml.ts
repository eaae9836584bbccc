/** An XML element as text. Attributes that are undefined are left out; children are XML already. */
export function element(name: string, attributes: Attributes, children: readonly string[] = []): string {
  const head = Object.entries(attributes)
    .filter((entry): entry is [string, string | number] => entry[1] !== undefined)
    .map(([key, value]) => ` ${key}="${escapeXml(String(value))}"`)
    .join("");
  return children.length === 0 ? `<${name}${head}/>` : `<${name}${head}>${children.join("")}</${name}>`;
}

export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** Text that is safe in content and in attributes; characters that XML 1.0 forbids (section 2.2) are removed. */
function escapeXml(text: string): string {
  return removeControl(text).replace(/[&<>"'\n\t]/g, (character) => entities[character] ?? character);
}

/** Like `escapeXml`, but line ends and tabs stay readable: for text content. */
export function escapeText(text: string): string {
  return removeControl(text).replace(/[&<>]/g, (character) => entities[character] ?? character);
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
  "\n": "&#10;",
  "\t": "&#9;",
};

function removeControl(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000d\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, "");
}
