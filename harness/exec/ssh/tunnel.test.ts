import assert from "node:assert/strict";
import { once } from "node:events";
import { tunnelThrough } from "./tunnel.ts";

describe("tunnelThrough", () => {
  it("carries bytes both ways and ends with the command", async () => {
    const stream = tunnelThrough(["cat"]);
    const bytes = Buffer.alloc(1_000_000, "tunnel ");
    const received: Buffer[] = [];
    stream.on("data", (chunk: Buffer) => received.push(chunk));
    stream.end(bytes);
    await once(stream, "close");
    assert.ok(Buffer.concat(received).equals(bytes));
  });

  it("fails with what the command complained about", async () => {
    const stream = tunnelThrough(["sh", "-c", "echo no route >&2; exit 3"]);
    stream.resume();
    const [error] = (await once(stream, "error").catch((reason: unknown) => [reason])) as [Error];
    assert.match(error.message, /ended with 3: no route/);
  });

  it("tells the command's complaint and not the pipe that broke while it was complaining", async () => {
    const stream = tunnelThrough(["sh", "-c", "exec <&-; sleep 0.3; echo refused >&2; exit 1"]);
    const failed = new Promise<Error>((resolve) => stream.once("error", resolve));
    stream.resume();
    const writing = setInterval(() => stream.write("hello"), 20);
    const { message } = await failed;
    clearInterval(writing);
    assert.match(message, /ended with 1: refused/);
  });

  it("closes when the command has ended, whatever is still to be written", async () => {
    const stream = tunnelThrough(["sh", "-c", "exec <&-; sleep 0.1; echo bye"]);
    const received: Buffer[] = [];
    stream.on("data", (chunk: Buffer) => received.push(chunk));
    stream.write(Buffer.alloc(1_000_000));
    await once(stream, "close");
    assert.equal(Buffer.concat(received).toString(), "bye\n");
  });

  it("fails when the command is killed or is not there", async () => {
    for (const [argv, message] of [
      [["sh", "-c", "kill -KILL $$"], /ended with SIGKILL/],
      [["encaplab-no-such-program"], /ENOENT/],
    ] as const) {
      const stream = tunnelThrough(argv);
      stream.resume();
      const error = await new Promise<Error>((resolve) => stream.once("error", resolve));
      assert.match(error.message, message);
    }
  });
});
