// See testdata/README.md. Called as: kubectl [options] exec -n NAMESPACE [-i] POD -c CONTAINER -- COMMAND...
import { spawn } from "node:child_process";
import { constants } from "node:os";

const words = process.argv.slice(2);
const at = words.indexOf("--");
const stdin = words.slice(0, at).includes("-i") ? "inherit" : "ignore";
const [program, ...args] = words.slice(at + 1);
const child = spawn(program, args, { detached: true, stdio: [stdin, "pipe", "pipe"] });
child.stdout.pipe(process.stdout);
child.stderr.pipe(process.stderr);
child.on("close", (code, signal) => {
  const exit = code ?? 128 + constants.signals[signal];
  if (exit !== 0) process.stderr.write(`command terminated with exit code ${exit}\n`);
  process.exitCode = exit;
});
