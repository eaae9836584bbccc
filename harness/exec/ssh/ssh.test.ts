import assert from "node:assert/strict";
import { chmod, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConnectConfig } from "ssh2";
import { Scope, withScope } from "../../core/scope.ts";
import { poll } from "../../core/poll.ts";
import { CommandError } from "../command-error.ts";
import { executorContract } from "../executor.contract.ts";
import { localExecutor } from "../local/local.ts";
import { findSshd } from "./find-sshd.fixture.ts";
import { makeKeyPair } from "./ssh-keys.ts";
import { sshExecutor } from "./ssh.ts";
import { skipFor } from "../../core/skip.fixture.ts";

const host = localExecutor();

/** Tells this run's leftovers on the test server from those of others. */
const env = { ENCAPLAB_RUN: `sshtest:${process.pid}` };

/** An OpenSSH server on this host's loopback, with files of the test's own: nothing of the host's is touched. */
interface Server {
  readonly config: () => ConnectConfig;
  readonly folder: string;
}

describe("ssh executor", function () {
  this.timeout(60_000);
  const scope = new Scope();
  let server: Server;

  before(async function () {
    const found = await startServer(scope);
    if (found === undefined) skipFor(this, "no ssh server program here");
    server = found;
  });
  after(async () => {
    assert.deepEqual(await scope.close(), []);
  });

  const executor = () => sshExecutor({ connect: () => server.config(), where: "node a1 (test server)", env });

  describe("contract", () => {
    let close: () => Promise<void>;
    executorContract(
      () => {
        const made = executor();
        close = () => made.close();
        return Promise.resolve({ executor: made, where: "node a1" });
      },
      () => close(),
    );
  });

  const using = async (body: (node: ReturnType<typeof executor>) => Promise<void>): Promise<void> => {
    const node = executor();
    try {
      await body(node);
    } finally {
      await node.close();
    }
  };

  it("takes command lines longer than the server would", () =>
    using(async (node) => {
      const long = "x'".repeat(30_000);
      assert.equal((await node.run(["printf", "%s", long, "y"])).stdout, `${long}y`);
      assert.equal((await node.run(["sh", "-c", 'cat; printf %s "$0"', long], { input: "in " })).stdout, `in ${long}`);
    }));

  it("gives commands the environment it was asked to", async () => {
    const node = sshExecutor({ connect: () => server.config(), where: "a1", env: { ENCAPLAB_RUN: "7f3kq:42" } });
    try {
      assert.equal((await node.run(["sh", "-c", "echo $ENCAPLAB_RUN $LC_ALL"])).stdout, "7f3kq:42 C\n");
    } finally {
      await node.close();
    }
  });

  it("closes connections left idle, and opens them again", async () => {
    const node = sshExecutor({ connect: () => server.config(), where: "a1", idleMs: 300, env });
    const serving = async () => (await node.run(["sh", "-c", "echo $SSH_CONNECTION"])).stdout;
    const first = await serving();
    assert.equal(await serving(), first);
    await poll(
      async () => {
        const left = await guardFolders();
        return left.length === 0 ? { done: true, value: undefined } : { done: false, seen: left.join(" ") };
      },
      { what: "the connection to be closed", timeoutMs: 20_000 },
    );
    assert.notEqual(await serving(), first);
    await node.close();
  });

  it("runs fifty commands side by side over few channels", () =>
    using(async (node) => {
      const all = await Promise.all(Array.from({ length: 50 }, (_, n) => node.run(["echo", String(n)])));
      assert.deepEqual(new Set(all.map(({ stdout }) => Number(stdout))).size, 50);
    }));

  it("still runs commands while a dozen others are left running", () =>
    using((node) =>
      withScope(async (inner) => {
        for (let n = 0; n < 12; n += 1) await node.spawn(["sleep", "60"], inner);
        assert.equal((await node.run(["echo", "free"])).stdout, "free\n");
      }),
    ));

  it("streams a file here, whole or not at all", () =>
    using(async (node) => {
      const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, n) => (n * 7919) % 256));
      const [remote, local] = [join(server.folder, "remote"), join(server.folder, "local")];
      await writeFile(remote, bytes);
      await node.fetchFile(remote, local);
      assert.ok((await readFile(local)).equals(bytes));
      await assert.rejects(node.fetchFile(`${remote}-gone`, `${local}2`), /cat failed/);
      assert.deepEqual(
        (await readdir(server.folder)).filter((name) => name.startsWith("local")),
        ["local"],
      );
    }));

  it("fails what runs when the connection is lost, ends it on the node, and connects again", () =>
    using(async (node) => {
      const duration = `61.${process.pid}`;
      const inner = new Scope();
      const running = await node.spawn(["sleep", duration], inner);
      const session = (await node.run(["sh", "-c", "ps -o ppid= -p $$"])).stdout.trim();
      // Never by name: this is the very process that serves our connection.
      process.kill(Number(session), "SIGKILL");
      await assert.rejects(running.finished, (error) => {
        assert.ok(error instanceof CommandError);
        assert.match(error.message, /ssh connection was lost/);
        assert.equal(error.details.where, "node a1 (test server)");
        return true;
      });
      assert.equal((await node.run(["echo", "again"])).stdout, "again\n");
      await poll(
        async () => {
          const { stdout } = await host.run(["ps", "-eo", "args"]);
          const left = stdout.split("\n").filter((line) => line === `sleep ${duration}`).length;
          return left === 0 ? { done: true, value: undefined } : { done: false, seen: `${left} left` };
        },
        { what: "the command to end", timeoutMs: 20_000 },
      );
      await inner.close();
    }));

  it("ends what it left running when it is closed, and removes its folder", async () => {
    const node = executor();
    const inner = new Scope();
    await node.spawn(["sleep", "60"], inner);
    const before = await guardFolders();
    assert.equal(before.length, 1);
    await node.close();
    await poll(
      async () => {
        const left = await guardFolders();
        return left.length === 0 ? { done: true, value: undefined } : { done: false, seen: left.join(" ") };
      },
      { what: "the guard to clean up", timeoutMs: 20_000 },
    );
    await inner.close();
  });

  it("refuses a server with another host key, and a key that the server does not know", async () => {
    const strange = sshExecutor({ connect: () => ({ ...server.config(), hostVerifier: () => false }), where: "a1" });
    await assert.rejects(strange.run(["true"]), /no ssh connection: .*verif/i);
    const { private: privateKey } = makeKeyPair();
    const unknown = sshExecutor({ connect: () => ({ ...server.config(), privateKey }), where: "node a7" });
    await assert.rejects(unknown.run(["true"]), (error) => {
      assert.ok(error instanceof Error);
      assert.match(error.message, /no ssh connection: .*authentication/);
      return true;
    });
  });

  it("names the node when nobody listens", async () => {
    const port = await freePort();
    const nobody = sshExecutor({ connect: () => ({ ...server.config(), port }), where: "node a8" });
    await assert.rejects(nobody.run(["true"]), /no ssh connection: connect ECONNREFUSED/);
  });
});

async function guardFolders(): Promise<readonly string[]> {
  return (await readdir(tmpdir())).filter((name) => name.startsWith(`encaplab-sshtest.${process.pid}.`));
}

async function startServer(scope: Scope): Promise<Server | undefined> {
  const folder = await mkdtemp(join(tmpdir(), "encaplab-sshd."));
  scope.defer(`remove ${folder}`, () => rm(folder, { recursive: true }));
  const sshd = await findSshd(folder);
  if (sshd === undefined) return undefined;
  const [user, hostKey] = [makeKeyPair(), makeKeyPair()];
  const port = await freePort();
  const file = async (name: string, text: string): Promise<string> => {
    await writeFile(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const passwd = `${await readFile("/etc/passwd", "utf8")}sshd:x:65000:65534::/run/sshd:/usr/sbin/nologin\n`;
  const config = [
    `ListenAddress 127.0.0.1:${port}`,
    `HostKey ${await file("host_key", hostKey.private)}`,
    `AuthorizedKeysFile ${await file("authorized_keys", `${user.public}\n`)}`,
    "StrictModes no",
    "UsePAM no",
    "PidFile none",
  ];
  await chmod(await file("passwd", passwd), 0o644);
  // In a mount namespace of its own it gets the user and the folder that it insists on.
  const script = 'mount --bind "$1" /etc/passwd && mount -t tmpfs none /run && mkdir /run/sshd && shift && exec "$@"';
  const argv = [sshd, "-D", "-e", "-f", await file("config", config.join("\n"))];
  const running = await host.spawn(["unshare", "-m", "sh", "-c", script, "sh", join(folder, "passwd"), ...argv], scope);
  await running.waitForLine(/Server listening/, 5_000);
  const pinned = Buffer.from(hostKey.public.split(" ")[1] ?? "", "base64");
  const hostVerifier = (key: Buffer): boolean => key.equals(pinned);
  return {
    folder,
    config: () => ({ host: "127.0.0.1", port, username: "root", privateKey: user.private, hostVerifier }),
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
