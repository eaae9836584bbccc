/**
 * Command that makes calico-node tell its release; from an unpacked image with this machine's /sys in it, in a mount namespace
 * of its own: a calico-node built with cgo, as all published ones are, reads /sys/devices/system/cpu/possible before it
 * looks at its arguments, and panics without it.
 */
export function releaseArgv(calicoNode: string, root: string | undefined): readonly string[] {
  if (root === undefined) return [calicoNode, "-v"];
  const script = 'mkdir -p "$1/sys" && mount -n --rbind /sys "$1/sys" && exec chroot "$@"';
  return ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh", root, calicoNode, "-v"];
}
