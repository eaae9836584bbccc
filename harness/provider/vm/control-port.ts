import { createConnection } from "node:net";
import { LabError } from "../../core/errors.ts";

/** Milliseconds that a machine gets to become a node; an emulated one on a busy host needs a few hundred. */
const identityTimeoutMs = 60_000;

/** Sends a line to a guest's control port and waits until the guest has done what it says; throws what it printed otherwise. */
export async function tellGuest(socketPath: string, line: string, where: string): Promise<void> {
  const answer = await converse(socketPath, line, where);
  const [, exitCode, output = ""] = /^done (\d+) (\S*)/.exec(answer) ?? [];
  if (exitCode === "0") return;
  const tail = Buffer.from(output, "base64").toString("utf8");
  throw new LabError("the guest could not be configured", { where, tail: tail === "" ? answer : tail });
}

function converse(socketPath: string, line: string, where: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(socketPath);
    let text = "";
    const fail = (problem: string): void => {
      socket.destroy();
      reject(new LabError(`the guest could not be configured: ${problem}`, { where }));
    };
    const timer = setTimeout(() => {
      fail(`no answer within ${identityTimeoutMs / 1000} s`);
    }, identityTimeoutMs);
    socket.setEncoding("utf8");
    socket.on("data", (chunk: string) => {
      text += chunk;
      const end = /^done .*$/m.exec(text);
      if (end === null || !text.endsWith("\n")) return;
      clearTimeout(timer);
      socket.destroy();
      resolve(end[0]);
    });
    socket.once("error", (error) => {
      fail(error.message);
    });
    socket.once("close", () => {
      clearTimeout(timer);
      fail("QEMU has ended");
    });
    socket.write(line);
  });
}
