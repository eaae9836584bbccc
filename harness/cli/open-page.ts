import { messageOf } from "../core/errors.ts";
import { localExecutor } from "../exec/local/local.ts";

/** Opens a page in the user's browser; where there is none, says so and goes on. */
export async function openPage(path: string): Promise<void> {
  const program = process.platform === "darwin" ? "open" : "xdg-open";
  try {
    await localExecutor().run([program, path], { timeoutMs: 10_000 });
  } catch (error) {
    process.stderr.write(`cannot open ${path}: ${messageOf(error)}\n`);
  }
}
