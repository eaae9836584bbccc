import assert from "node:assert/strict";
import { connect, type AddressInfo } from "node:net";
import { Duplex } from "node:stream";
import ssh2, { type ConnectConfig, type ServerChannel } from "ssh2";
import { Scope, withScope } from "../../core/scope.ts";
import { makeKeyPair } from "./ssh-keys.ts";
import { sshExecutor, type SshExecutor } from "./ssh.ts";

/** What the server does with a command, which is told apart by a word of it. */
type Conduct = Readonly<Record<string, (channel: ServerChannel) => void>>;

/** A way to a server on which all that is said within some time arrives in one piece, as it does from a busy machine. */
function slowWay(port: number): Duplex {
  const socket = connect(port, "127.0.0.1");
  let held: Buffer[] = [];
  const deliver = (): void => {
    if (held.length > 0) way.push(Buffer.concat(held));
    held = [];
  };
  const timer = setInterval(deliver, 50);
  const way = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => socket.write(chunk, done),
    final: (done) => socket.end(done),
    destroy: (error, done) => {
      clearInterval(timer);
      socket.destroy();
      done(error);
    },
  });
  socket.on("data", (chunk) => held.push(chunk));
  socket.once("close", () => {
    deliver();
    way.push(null);
  });
  return way;
}

async function withServer(conduct: Conduct, body: (node: SshExecutor) => Promise<void>): Promise<void> {
  const [user, hostKey] = [makeKeyPair(), makeKeyPair()];
  const running: ServerChannel[] = [];
  const server = new ssh2.Server({ hostKeys: [hostKey.private] }, (client) => {
    client.on("error", () => undefined);
    client.on("authentication", (context) => {
      context.accept();
    });
    client.on("session", (acceptSession) => {
      acceptSession().on("exec", (accept, _reject, { command }) => {
        const channel = accept();
        const word = Object.keys(conduct).find((each) => command.includes(each));
        if (word !== undefined) {
          running.push(channel);
          conduct[word]?.(channel);
          return;
        }
        // The guard; when its input ends it kills what runs, and only then ends itself.
        channel.write("/tmp/encaplab-test.1.ssh.000000\n");
        channel.on("end", () => {
          for (const each of running) each.exit("KILL");
          for (const each of running) each.end();
          channel.exit(0);
          channel.end();
        });
        channel.resume();
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const login = { username: "root", privateKey: user.private };
  const node = sshExecutor({ connect: () => ({ ...login, sock: slowWay(port) }), where: "node a1" });
  try {
    await body(node);
  } finally {
    await node.close();
    await new Promise((resolve) => server.close(resolve));
  }
}

const brief = { timeoutMs: 3_000 };

describe("the end of a command over ssh", function () {
  this.timeout(30_000);

  it("is seen when start, output and exit code come in one piece", () =>
    withServer(
      {
        hostname: (channel) => {
          channel.write("a1\n");
          channel.stderr.write("late\n");
          channel.exit(3);
          channel.end();
        },
      },
      async (node) => {
        const { exitCode, stdout, stderr } = await node.tryRun(["hostname"], brief);
        assert.deepEqual({ exitCode, stdout, stderr }, { exitCode: 3, stdout: "a1\n", stderr: "late\n" });
      },
    ));

  it("is seen when a signal ended it", () =>
    withServer(
      {
        hostname: (channel) => {
          channel.exit("TERM");
          channel.end();
        },
      },
      async (node) => {
        assert.equal((await node.tryRun(["hostname"], brief)).exitCode, 128 + 15);
      },
    ));

  it("is an error when the server does not tell how it ended", () =>
    withServer(
      {
        hostname: (channel) => {
          channel.end();
        },
      },
      async (node) => {
        await assert.rejects(node.tryRun(["hostname"], brief), /the server ended the channel without an exit code/);
      },
    ));

  it("is a lost connection when it comes because we left", () =>
    withServer({ sleep: (channel) => channel.stderr.write("encaplab: started\n") }, (node) =>
      withScope(async (scope: Scope) => {
        const running = await node.spawn(["sleep", "60"], scope);
        await node.close();
        await assert.rejects(running.finished, /ssh connection was lost \(the connection was closed\)/);
      }),
    ));

  it("is told at once where the key to log in with cannot be read", async () => {
    const connect = (): ConnectConfig => ({ host: "127.0.0.1", username: "root", privateKey: "no key" });
    const node = sshExecutor({ connect, where: "node a1" });
    await assert.rejects(node.run(["hostname"], brief), /no ssh connection: Cannot parse privateKey/);
  });
});
