/**
 * What stands before a command of Calico's on a node: a mount namespace of its own in which the paths that Calico has
 * built in are the node's, although all nodes share this machine's file system. Nothing of it shows outside: /run,
 * /var/lib and /etc become folders of links to what they held, in which Calico's entries can be put.
 */
export function inPrivateMounts(folder: string, root?: string): readonly string[] {
  const script = root === undefined ? hostScript : chrootScript;
  return ["unshare", "--mount", "--propagation", "private", "sh", "-ec", script, "calico", folder, root ?? "/"];
}

const binds = `
bind() { mkdir -p "$2"; mount --bind "$1" "$2"; }
bind_all() {
  bind ./run "$root/run/calico"
  bind ./lib "$root/var/lib/calico"
  bind ./etc "$root/etc/calico"
  rm -f "$root/run/xtables.lock"
  : >"$root/run/xtables.lock"
  mount --bind ./xtables.lock "$root/run/xtables.lock"
}
`;

/** The node's folder is entered before anything is covered: it is reached by that from then on. */
const hostScript = `${binds}
folder=$1; root=; shift 2
cd "$folder"
cover() {
  mount --rbind "$1" ./hold
  mount -t tmpfs -o mode=755 tmpfs "$1"
  mkdir "$1/.host"
  mount --move ./hold "$1/.host"
  (cd "$1" && ln -s .host/* . && rm -f "$1/calico")
}
cover /run
cover /var/lib
cover /etc
bind_all
mount -t sysfs sysfs /sys 2>/dev/null || :
exec "$@"
`;

/** An unpacked image: this machine's devices and kernel interfaces, the lab's own folders, everything else the image's. */
const chrootScript = `${binds}
folder=$1; root=$2; shift 2
cd "$folder"
mount --rbind "$root" ./hold
root=$folder/hold
for each in /dev /proc /sys /tmp; do mkdir -p "$root$each"; mount --rbind "$each" "$root$each"; done
mkdir -p "$root/run"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mkdir -p "$root/run/netns"
[ ! -d /run/netns ] || mount --rbind /run/netns "$root/run/netns"
bind_all
exec chroot "$root" "$@"
`;
