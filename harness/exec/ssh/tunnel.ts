import { spawn } from "node:child_process";
import { Duplex } from "node:stream";

/**
 * A stream to wherever a command's standard input and output lead: ssh through `nsenter … nc`, as ssh's own ProxyCommand. The
 * command ends with the stream. Its standard error becomes the stream's error when it fails.
 */
export function tunnelThrough(argv: readonly string[], env: Readonly<Record<string, string>> = {}): Duplex {
  const child = spawn(argv[0] ?? "", argv.slice(1), { stdio: "pipe", env: { ...process.env, ...env } });
  let complaint = "";
  const stream = new Duplex({
    allowHalfOpen: false,
    read: () => child.stdout.resume(),
    // A pipe breaks when the command ends, and how that ended tells more: the bytes are lost either way.
    write: (chunk, encoding, callback) => {
      child.stdin.write(chunk, encoding, () => {
        callback();
      });
    },
    final: (callback) => {
      child.stdin.end();
      callback();
    },
    destroy: (error, callback) => {
      child.kill("SIGKILL");
      callback(error);
    },
  });
  child.stdout.on("data", (chunk: Buffer) => {
    if (!stream.push(chunk)) child.stdout.pause();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    complaint = `${complaint}${chunk.toString()}`.slice(-1000);
  });
  child.stdin.on("error", () => undefined);
  // Nobody is left to write to; a user of the stream may wait for its close and not for its end.
  stream.once("end", () => stream.destroy());
  child.once("error", (error) => stream.destroy(error));
  child.once("close", (code, signal) => {
    if (code === 0) stream.push(null);
    else stream.destroy(new Error(`${argv.join(" ")} ended with ${signal ?? code}: ${complaint.trim()}`));
  });
  return stream;
}
