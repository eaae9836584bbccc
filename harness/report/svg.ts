import { element, escapeText, type Attributes } from "./xml.ts";

/** A whole SVG image with a background of its own, readable on light and dark pages. */
export function svgImage(width: number, height: number, title: string, parts: readonly string[]): string {
  const attributes = {
    xmlns: "http://www.w3.org/2000/svg",
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    role: "img",
    "font-family": "system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif",
  };
  return element("svg", attributes, [
    element("title", {}, [escapeText(title)]),
    element("style", {}, [escapeText(palette)]),
    rect({ x: 0, y: 0, width, height, rx: 10, class: "page" }),
    ...parts,
  ]);
}

/** A rectangle. */
export function rect(attributes: Attributes): string {
  return element("rect", attributes);
}

/** A straight line. */
export function line(attributes: Attributes): string {
  return element("line", attributes);
}

/** Text, cut to `limit` characters; the whole text appears on hovering. */
export function label(text: string, attributes: Attributes, limit = 200): string {
  if (text.length <= limit) return element("text", attributes, [escapeText(text)]);
  const hint = element("title", {}, [escapeText(text)]);
  return element("text", attributes, [escapeText(`${text.slice(0, limit - 1)}…`), hint]);
}

/** Colors by meaning, one set for light and one for dark pages. */
const palette = `
.page{fill:#fff}.ink{fill:#1c2733}.faint{fill:#66727f}.node{fill:#f1f4f7;stroke:#c9d1d9}.wire{stroke:#8a96a3;stroke-width:2}
.plain{fill:#e3ecf8;stroke:#3b73b9}.outer{fill:#f6e7c6;stroke:#b7801d}.wrong{fill:#fbd9d7;stroke:#c62f2b;stroke-width:2}
.none{fill:none;stroke:#8a96a3;stroke-dasharray:4 3}.bad{fill:#c62f2b}.good{fill:#257a3e}.axis{stroke:#c9d1d9}
.noise{fill:#f1f4f7}.change{stroke:#c62f2b;stroke-dasharray:4 3;stroke-width:1.5}.curve{fill:none;stroke:#3b73b9;stroke-width:2}.curve.tunnel{stroke:#b7801d}.curve.base{stroke:#76828f}
.bar{fill:#5b8fd0}.bar.tunnel{fill:#d79b35}.bar.base{fill:#9aa5b1}.range{stroke:#1c2733;stroke-width:2}
@media (prefers-color-scheme:dark){.page{fill:#1b2128}.ink{fill:#e6ebf0}.faint{fill:#9aa5b1}.node{fill:#252d36;stroke:#45505c}
.plain{fill:#24364d;stroke:#7aa8e0}.outer{fill:#4a3b1c;stroke:#e0b35c}.wrong{fill:#55211f;stroke:#ff7b72}.bad{fill:#ff7b72}.good{fill:#6fcf8a}
.axis{stroke:#45505c}.range{stroke:#e6ebf0}.noise{fill:#2c3540}.change{stroke:#ff7b72}.curve{stroke:#7aa8e0}.curve.tunnel{stroke:#e0b35c}.curve.base{stroke:#9aa5b1}.bar.base{fill:#76828f}}`.trim();
