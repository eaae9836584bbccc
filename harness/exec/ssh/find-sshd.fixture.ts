import { join } from "node:path";
import { localExecutor } from "../local/local.ts";

/** An sshd that runs: the system's, or the distribution's package unpacked into this folder for the test only. */
export async function findSshd(folder: string): Promise<string | undefined> {
  const host = localExecutor();
  if ((await host.tryRun(["test", "-x", "/usr/sbin/sshd"])).exitCode === 0) return "/usr/sbin/sshd";
  // The package alone may lack a library that it depends on.
  const script = `cd "$1" && apt-get -qq -o APT::Sandbox::User=root download openssh-server && dpkg-deb -x *.deb . &&
! ldd usr/sbin/sshd | grep -q 'not found'`;
  const unpacked = await host.tryRun(["sh", "-c", script, "sh", folder], { timeoutMs: 60_000 });
  return unpacked.exitCode === 0 ? join(folder, "usr/sbin/sshd") : undefined;
}
