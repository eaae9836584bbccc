import { isAddress, normalizeAddress } from "./address.ts";

/** Whether two texts spell the same address; text that is not an address equals only itself. */
export function isSameAddress(a: string, b: string): boolean {
  return a === b || spelling(a) === spelling(b);
}

function spelling(text: string): string {
  return isAddress(text.replace(/%.*$/, "")) ? normalizeAddress(text) : text;
}
