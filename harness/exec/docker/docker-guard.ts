import { spawn, type ChildProcess } from "node:child_process";
import { CommandError } from "../command-error.ts";
import { guardFolderPattern, guardScript } from "../command-guard.ts";

/**
 * One shell in a container that knows the process group of every command there. `docker exec` hands no signals on and leaves
 * its command running when the client dies; the guard kills one group on request, and all of them when its standard
 * input ends, which is when this process does.
 */
export interface DockerGuard {
  /** Folder in the container in which it keeps process groups. */
  readonly folder: string;
  kill(id: number, name: NodeJS.Signals): void;
  done(id: number): void;
  readonly closed: Promise<void>;
}

/** Starts the guard of a container. It keeps this process neither alive nor waiting. */
export async function startDockerGuard(
  docker: readonly string[],
  container: string,
  run: string,
): Promise<DockerGuard> {
  const argv = [...docker.slice(1), "exec", "-i", container, "sh", "-c", guardScript(run)];
  const child = spawn(docker[0] ?? "docker", argv, { stdio: ["pipe", "pipe", "pipe"], detached: true });
  const closed = new Promise<void>((resolve) => {
    child.once("close", () => {
      resolve();
    });
    child.once("error", () => {
      resolve();
    });
  });
  const folder = await readFolder(child, container);
  letGo(child);
  const say = (line: string): void => {
    if (child.stdin.writable) child.stdin.write(line);
  };
  return {
    folder,
    kill: (id, name) => {
      say(`kill ${id} ${name.slice("SIG".length)}\n`);
    },
    done: (id) => {
      say(`done ${id}\n`);
    },
    closed,
  };
}

function readFolder(child: ChildProcess, container: string): Promise<string> {
  let text = "";
  return new Promise((resolve, reject) => {
    const fail = (problem: string, cause?: unknown): void => {
      const where = `container ${container}`;
      const result = { where, argv: ["docker", "exec"], exitCode: 1, stdout: "", stderr: text, durationMs: 0 };
      const known = { failure: "not-started", where, argv: ["docker", "exec", "-i", container], problem } as const;
      reject(new CommandError({ ...known, result, ...(cause === undefined ? {} : { cause }) }));
    };
    const feed = (chunk: Buffer): void => {
      text += chunk.toString();
      const folder = guardFolderPattern.exec(text)?.[1];
      if (folder !== undefined && text.endsWith("\n")) resolve(folder);
    };
    child.stdout?.on("data", feed);
    child.stderr?.on("data", feed);
    // Written to after its end, the pipe breaks; that it has ended is told by `closed`.
    child.stdin?.on("error", () => undefined);
    child.once("error", (error: Error) => {
      fail("could not be started", error);
    });
    child.once("close", () => {
      fail("could not be run in the container");
    });
  });
}

/** Pipes are sockets to Node, which would keep the process alive as long as the guard waits for it to end. */
function letGo(child: ChildProcess): void {
  child.unref();
  for (const stream of [child.stdin, child.stdout, child.stderr]) (stream as { unref?: () => void } | null)?.unref?.();
}
