import { localExecutor } from "../local/local.ts";

/** The smallest image with a shell: busybox of this machine and its libraries, imported once per engine. */
export async function busyboxImage(): Promise<string> {
  const host = localExecutor();
  const image = "encaplab-test:busybox";
  if ((await host.tryRun(["docker", "image", "inspect", image])).exitCode === 0) return image;
  const script = `set -e
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root/bin" "$root/tmp" "$root/usr/bin"
cp -L "$(command -v busybox)" "$root/bin/busybox"
for library in $(ldd "$root/bin/busybox" 2>/dev/null | grep -o '/[^ ]*'); do
  mkdir -p "$root\${library%/*}"
  cp -L "$library" "$root$library"
done
for name in $("$root/bin/busybox" --list); do [ -e "$root/bin/$name" ] || ln -s busybox "$root/bin/$name"; done
tar -C "$root" -c . | docker import - ${image}`;
  await host.run(["sh", "-c", script]);
  return image;
}
