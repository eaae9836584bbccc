import type { NodeFacts } from "../node-facts.ts";

/** Reads `grep -H . FILE…` below /proc/sys/net: "ipv4/conf/eth0/rp_filter:1" becomes "ipv4.conf.eth0.rp_filter" with value "1". */
export function parseSettings(text: string): NonNullable<NodeFacts["settings"]> {
  return Object.fromEntries(
    [...text.matchAll(/^([\w./@:+-]+):(.*)$/gm)].map(([, file = "", value = ""]) => [nameOf(file), value.trim()]),
  );
}

/** A device's name may hold dots itself: only the slashes of the path become dots. */
function nameOf(file: string): string {
  return file.replaceAll("/", ".");
}
