import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localExecutor } from "../../exec/local/local.ts";
import { assertNoCrashLoop } from "./restarts.ts";

describe("a program that ends again and again", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "encaplab-restarts-"));
    await writeFile(join(folder, "felix.log"), "the end of its log\n");
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** Ends of Felix: seconds since the first, and exit codes. */
  const judged = async (...ends: readonly (readonly [number, number])[]): Promise<void> => {
    const lines = ends.map(([seconds, code]) => `${1_790_000_000 + seconds} ${code}\n`);
    await writeFile(join(folder, "felix.ends"), lines.join(""));
    await assertNoCrashLoop(localExecutor(), folder);
  };

  it("is told with its exit codes, and the end of its log", async () => {
    await assert.rejects(judged([0, 3], [5, 3], [9, 3], [14, 137]), {
      message: /^Calico's felix keeps failing: it has exited 4 times \(exit 3, exit 137\)/,
    });
  });

  it("is none that is started again with another configuration, however often", async () => {
    await judged([0, 129], [4, 129], [8, 129], [12, 129], [16, 129], [20, 3]);
  });

  it("is none that ended now and then over the life of a lab", async () => {
    await judged([0, 137], [300, 137], [600, 137], [900, 137], [905, 137]);
  });
});
