import type { ExpectedDirection, ObservedForm, PathExpectation } from "./expectation.ts";

const words: Readonly<Record<ObservedForm | "none", string>> = {
  none: "local",
  plain: "plain",
  ipip: "IPIP",
  vxlan: "VXLAN",
  wireguard: "WireGuard",
  other: "another tunnel",
};

/** A form in a word for tables: `local` (never leaves the node), `plain`, `IPIP`, `VXLAN`, `WireGuard`, `another tunnel`. */
export function describeForm(form: ObservedForm | "none"): string {
  return words[form];
}

/** What is expected of one direction: its form, or where it ends (`dropped at tor`). */
export function describeDirection(direction: ExpectedDirection): string {
  return direction.dies === undefined ? describeForm(direction.underlay) : `dropped at ${direction.dies.node}`;
}

/** What is expected of a path: `VXLAN`; `VXLAN, answer plain` where the directions differ; `skip: …`. */
export function describeExpectation({ skip, forward, reverse }: PathExpectation): string {
  if (skip !== undefined) return `skip: ${skip}`;
  const there = describeDirection(forward);
  const back = reverse === undefined ? there : describeDirection(reverse);
  return there === back ? there : `${there}, answer ${back}`;
}
