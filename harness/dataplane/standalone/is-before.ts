/** Whether a release is older than this one; a build of one's own tells no release, and is taken for a recent one. */
export function isBefore(release: string, major: number, minor: number): boolean {
  const [ownMajor = 0, ownMinor = 0] = (/^v(\d+)\.(\d+)/.exec(release) ?? []).slice(1).map(Number);
  if (ownMajor === 0) return false;
  return ownMajor < major || (ownMajor === major && ownMinor < minor);
}
