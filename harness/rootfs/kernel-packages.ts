/** A kernel that the distribution's package archive offers. */
export interface KernelPackage {
  /** `linux-image-6.1.0-50-cloud-amd64` */
  readonly name: string;
  /** As `uname -r` will tell it: `6.1.0-50-cloud-amd64`. */
  readonly release: string;
}

/**
 * Reads `apt-cache search --names-only '^linux-image-[0-9]'`: Debian's cloud kernels for this processor, newest first.
 * Debug symbols and unsigned twins are left out.
 */
export function parseKernelPackages(output: string): readonly KernelPackage[] {
  const names = output.split("\n").map((line) => line.split(" - ")[0]?.trim() ?? "");
  return [...new Set(names)]
    .flatMap((name) => {
      const release = /^linux-image-(\d+\.\d+\.\d.*-cloud-amd64)$/.exec(name)?.[1];
      return release === undefined ? [] : [{ name, release }];
    })
    .sort((a, b) => compareReleases(b.release, a.release));
}

/** The newest kernel that a user means by `6.1`, `6.1.0-50` or a whole release; undefined = none. Newest first. */
export function chooseKernel(packages: readonly KernelPackage[], wanted: string): KernelPackage | undefined {
  return packages.find(
    ({ release }) => release === wanted || (release.startsWith(wanted) && endsWord(release, wanted)),
  );
}

/** `6.1` must not take 6.12. */
function endsWord(release: string, prefix: string): boolean {
  return !/^\d/.test(release.slice(prefix.length));
}

/** Compares number by number; text between the numbers does not count. */
function compareReleases(a: string, b: string): number {
  const left = numbersOf(a);
  const right = numbersOf(b);
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function numbersOf(release: string): readonly number[] {
  return [...release.matchAll(/\d+/g)].map(([digits]) => Number(digits));
}
