/** Of an installed package the code is JavaScript, and there are no npm scripts. */
const installed = import.meta.url.endsWith(".js");

/** The command of a record (`encaplab suite --mode VXLAN`) as its reader types it. */
export function commandTyped(command: string): string {
  return asTyped(
    command.replace(/^encaplab suite\b( |$)/, "npm run suite -- ").replace(/^encaplab /, "npm run lab -- "),
  );
}

/** A text with our commands as its reader types them: written for a clone (`npm run lab -- down`), told for where this is. */
export function asTyped(text: string, here: "clone" | "package" = installed ? "package" : "clone"): string {
  if (here === "clone") return text;
  return text
    .replaceAll("npm run suite --", "npx encaplab suite")
    .replaceAll("npm run suite", "npx encaplab suite")
    .replaceAll("npm run lab --silent --", "npx encaplab")
    .replaceAll("npm run lab --", "npx encaplab");
}
