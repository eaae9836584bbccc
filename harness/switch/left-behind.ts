import type { Difference } from "../dataplane/compare.ts";

/**
 * What a change left on the nodes, or did not make, of all that differs from a lab born in the new mode (`b`). Two things are none of it. Pods
 * that run keep the MTU that they were made with, as in Calico, until they are recreated: that is told as their MTU. And tunl0 without address
 * is the kernel module's own device, which nobody can delete: it comes with the module, and Felix takes no more than its address.
 */
export function leftBehind(differences: readonly Difference[]): readonly Difference[] {
  return differences.filter((difference) => !isRunningPod(difference) && !isBareTunl0(difference));
}

function isRunningPod({ what, subject, a, b }: Difference): boolean {
  return what === "device" && subject.startsWith("cali") && withoutMtu(a) === withoutMtu(b);
}

function isBareTunl0({ what, subject, a, b }: Difference): boolean {
  return what === "device" && subject === "tunl0" && [a, b].every((text) => text?.endsWith(" no address") ?? true);
}

function withoutMtu(text: string | undefined): string | undefined {
  return text?.replace(/mtu \d+/, "mtu");
}
