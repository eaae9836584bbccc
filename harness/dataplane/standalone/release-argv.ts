/**
 * Command that makes a program of Calico's tell its release; from an unpacked image with this machine's /sys in it, in a mount namespace
 * of its own: a calico-node built with cgo, as all published ones are, reads /sys/devices/system/cpu/possible before it
 * looks at its arguments, and panics without it.
 */
export function releaseArgv(program: string, root: string | undefined, flag = "-v"): readonly string[] {
  if (root === undefined) return [program, flag];
  const script = 'mkdir -p "$1/sys" && mount -n --rbind /sys "$1/sys" && exec chroot "$@"';
  return ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh", root, program, flag];
}
