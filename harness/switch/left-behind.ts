import type { Difference } from "../dataplane/compare.ts";

/**
 * What a change left on the nodes, or did not make, of all that differs from a lab born in the new mode (`b`). Pods that run keep the MTU that
 * they were made with, as in Calico, until they are recreated: that is told as their MTU and nothing left behind.
 */
export function leftBehind(differences: readonly Difference[]): readonly Difference[] {
  return differences.filter(({ what, subject, a, b }) => {
    const isPodDevice = what === "device" && subject.startsWith("cali");
    return !(isPodDevice && withoutMtu(a) === withoutMtu(b));
  });
}

function withoutMtu(text: string | undefined): string | undefined {
  return text?.replace(/mtu \d+/, "mtu");
}
