import { createConnection, type Socket } from "node:net";
import { LabError } from "../../core/errors.ts";
import { poll } from "../../core/poll.ts";

/** Milliseconds for one answer of QEMU's control protocol; it is busy while it reads a saved state. */
const answerTimeoutMs = 30_000;

interface Answer {
  readonly return?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly desc: string };
}

/** A conversation with QEMU over its control socket (QEMU's QMP specification). */
interface Qmp {
  ask(command: string, args?: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>>;
  close(): void;
}

/** Opens the control socket and makes it ready for commands. */
async function openQmp(path: string, where: string): Promise<Qmp> {
  const socket = createConnection(path);
  const answers = answersOf(socket);
  const ask: Qmp["ask"] = async (execute, args) => {
    socket.write(`${JSON.stringify({ execute, ...(args === undefined ? {} : { arguments: args }) })}\n`);
    const answer = await answers(execute, where);
    if (answer.error !== undefined) throw new LabError(`QEMU refused ${execute}: ${answer.error.desc}`, { where });
    return answer.return ?? {};
  };
  await ask("qmp_capabilities");
  return {
    ask,
    close: () => {
      socket.destroy();
    },
  };
}

/** Lets a machine that was started from a saved state run, once it has read it. */
export async function resume(path: string, where: string): Promise<void> {
  const qmp = await openQmp(path, where);
  try {
    await poll(
      async () => {
        const { status } = await qmp.ask("query-status");
        return status === "inmigrate" ? { done: false, seen: "reading" } : { done: true, value: undefined };
      },
      { what: "the machine to read its saved state", timeoutMs: 60_000, where },
    );
    await qmp.ask("cont");
  } finally {
    qmp.close();
  }
}

/** Writes the state of a running machine to a file, then lets it run on. */
export async function saveState(path: string, where: string, uri: string): Promise<void> {
  await whileStopped([{ path, where }], (write) => write(0, uri));
}

/**
 * Holds machines while something is done that can write the state of each; then lets them run on. All are stopped before any is
 * written, so that what they have said to each other fits together.
 */
export async function whileStopped(
  machines: readonly { readonly path: string; readonly where: string }[],
  body: (write: (index: number, uri: string) => Promise<void>) => Promise<void>,
): Promise<void> {
  const all = await Promise.all(machines.map(({ path, where }) => openQmp(path, where)));
  try {
    await Promise.all(all.map((qmp) => qmp.ask("stop")));
    await body(async (index, uri) => {
      const [qmp, machine] = [all[index], machines[index]];
      if (qmp !== undefined && machine !== undefined) await writeState(qmp, machine.where, uri);
    });
  } finally {
    await Promise.all(all.map((qmp) => qmp.ask("cont")));
    for (const qmp of all) qmp.close();
  }
}

/** Ends a machine at once. */
export async function quit(path: string, where: string): Promise<void> {
  const qmp = await openQmp(path, where);
  try {
    await qmp.ask("quit");
  } finally {
    qmp.close();
  }
}

async function writeState(qmp: Qmp, where: string, uri: string): Promise<void> {
  // The default of 128 MiB/s is made for networks.
  await qmp.ask("migrate-set-parameters", { "max-bandwidth": 100 * 2 ** 30 });
  await qmp.ask("migrate", { uri });
  await poll(
    async () => {
      const { status, "error-desc": problem } = await qmp.ask("query-migrate");
      if (status === "failed")
        throw new LabError(`the machine's state could not be saved: ${String(problem)}`, { where });
      return status === "completed" ? { done: true, value: undefined } : { done: false, seen: String(status) };
    },
    { what: "the machine's state to be written", timeoutMs: 60_000, where },
  );
}

/** Hands out answers in the order of the questions; greetings and events are not answers. */
function answersOf(socket: Socket): (command: string, where: string) => Promise<Answer> {
  const ready: Answer[] = [];
  let problem: Error | undefined;
  let rest = "";
  socket.setEncoding("utf8");
  socket.on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const answer = JSON.parse(line) as Answer;
      if ("return" in answer || "error" in answer) ready.push(answer);
    }
  });
  socket.on("error", (error) => {
    problem = error;
  });
  socket.on("close", () => {
    problem ??= new Error("QEMU has ended");
  });
  return (command, where) =>
    poll(
      () => {
        const answer = ready.shift();
        if (answer !== undefined) return Promise.resolve({ done: true, value: answer });
        if (problem !== undefined) throw new LabError(`QEMU did not answer ${command}`, { where, cause: problem });
        return Promise.resolve({ done: false, seen: "nothing" });
      },
      { what: `QEMU's answer to ${command}`, timeoutMs: answerTimeoutMs, intervalMs: 2, where },
    );
}
