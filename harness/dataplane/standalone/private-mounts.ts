import { shellQuote } from "../../exec/quote.ts";

/**
 * Script that runs a command of Calico's on a node: in a mount namespace of its own in which the paths that Calico has
 * built in are the node's, although all nodes share this machine's file system, and with the node's environment. Nothing
 * of it shows outside: /run, /var/lib and /etc become folders of links to what they held, in which Calico's entries can be
 * put. Written to the node's folder, so that a person can enter a node's Calico by the same door.
 */
export function renderEntrance(
  folder: string,
  environment: Readonly<Record<string, string>>,
  root: string | undefined,
): string {
  const exports = Object.entries(environment).map(([key, value]) => `export ${shellQuote([`${key}=${value}`])}`);
  return [
    "#!/bin/sh -e",
    '[ "${in_private_mounts:-}" ] || in_private_mounts=1 exec unshare --mount --propagation private "$0" "$@"',
    "unset in_private_mounts",
    ...exports,
    `cd ${shellQuote([folder])}`,
    `root=${shellQuote([root ?? ""])}`,
    binds,
    root === undefined ? hostScript : chrootScript,
  ].join("\n");
}

const binds = `bind() { mkdir -p "$2"; mount -n --bind "$1" "$2"; }
bind_all() {
  bind ./run "$root/run/calico"
  bind ./lib "$root/var/lib/calico"
  bind ./etc "$root/etc/calico"
  rm -f "$root/run/xtables.lock"
  : >"$root/run/xtables.lock"
  mount -n --bind ./xtables.lock "$root/run/xtables.lock"
}
`;

/** The node's folder is entered before anything is covered: it is reached by that from then on. */
const hostScript = `cover() {
  mount -n --rbind "$1" ./hold
  mount -n -t tmpfs -o mode=755 tmpfs "$1"
  mkdir "$1/.host"
  mount -n --move ./hold "$1/.host"
  (cd "$1" && ln -s .host/* . && rm -f "$1/calico")
}
cover /run
cover /var/lib
cover /etc
bind_all
mount -n -t sysfs sysfs /sys 2>/dev/null || :
exec "$@"
`;

/** An unpacked image: this machine's devices and kernel interfaces, the lab's own folders, everything else the image's. */
const chrootScript = `mount -n --rbind "$root" ./hold
root=$PWD/hold
for each in /dev /proc /sys; do mkdir -p "$root$each"; mount -n --rbind "$each" "$root$each"; done
for each in /run /tmp; do mkdir -p "$root$each"; mount -n -t tmpfs -o mode=755 tmpfs "$root$each"; done
mkdir -p "$root$PWD"
mount -n --bind "$PWD" "$root$PWD"
mkdir -p "$root/run/netns"
[ ! -d /run/netns ] || mount -n --rbind /run/netns "$root/run/netns"
bind_all
exec chroot "$root" "$@"
`;
