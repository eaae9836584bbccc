// Lets suites that lie anywhere say `import … from "encaplab"` and get this very harness, not a second copy of it, and lets
// their TypeScript be modules whatever the package.json beside them says. Runs in Node's thread for module hooks.
let entry;

export function initialize(data) {
  entry = data.entry;
}

export async function resolve(specifier, context, next) {
  if (specifier === "encaplab") return { url: entry, format: "module", shortCircuit: true };
  const found = await next(specifier, context);
  return /\.m?ts(?:\?|$)/.test(found.url) ? { ...found, format: "module" } : found;
}
