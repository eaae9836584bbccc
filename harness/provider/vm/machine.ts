import { readFile } from "node:fs/promises";
import { LabError } from "../../core/errors.ts";
import { poll } from "../../core/poll.ts";
import { CommandError } from "../../exec/command-error.ts";
import type { Executor } from "../../exec/executor.ts";
import { waitingMarker } from "../../rootfs/guest-init.ts";
import { imageRefusal } from "./image-refusal.ts";
import { machineFiles, qemuArgv, type DiskModel, type MachineModel, type MachineWires } from "./qemu-command.ts";
import { resume } from "./qmp.ts";

/** Longest cold boot: 4 to 12 s are usual under TCG with four at a time; a loaded machine takes several times that. */
const bootTimeoutMs = 120_000;

/** Console lines that an error shows. */
const consoleTail = 12;

/** How long a machine may take to boot, in milliseconds. */
export interface BootLimits {
  readonly totalMs: number;
  /** Since its console last said something; missing = the total. */
  readonly silentMs?: number;
}

/** Starts QEMU, which goes to the background, and waits until its machine waits for an identity. */
export async function startMachine(
  host: Executor,
  model: MachineModel | DiskModel,
  wires: MachineWires,
  where: string,
  limits: BootLimits = { totalMs: bootTimeoutMs },
): Promise<void> {
  try {
    await host.run(qemuArgv(model, wires), { timeoutMs: 60_000 });
  } catch (error) {
    throw error instanceof CommandError ? error.seenFrom(where) : error;
  }
  const files = machineFiles(wires.path);
  if (wires.state !== undefined) await resume(files.qmp, where);
  else await waitForBoot(files, where, limits, wires.disks === undefined ? kernelFix : imageFix);
}

const kernelFix = "try another kernel (--kernel 6.1), or remove the cache of virtual machines";
const imageFix =
  "the image must boot by BIOS, use systemd and have cloud-init, which it asks for NoCloud data at its first boot; see its console above";

async function waitForBoot(
  files: ReturnType<typeof machineFiles>,
  where: string,
  { totalMs, silentMs = totalMs }: BootLimits,
  fix: string,
): Promise<void> {
  const pid = Number(await readFile(files.pid, "utf8"));
  let own: LabError | undefined;
  let heard = { length: 0, at: performance.now() };
  const look = async (): Promise<{ done: true; value: undefined } | { done: false; seen: string }> => {
    const text = await readFile(files.console, "utf8").catch(() => "");
    if (text.includes(waitingMarker)) return { done: true, value: undefined };
    own = imageRefusal(text, where);
    if (own === undefined && !isAlive(pid)) own = bootFailed("the guest died while it booted", text, where, fix);
    if (text.length !== heard.length) heard = { length: text.length, at: performance.now() };
    // Kernels of others stand still after a panic.
    if (own === undefined && panicked(text)) own = bootFailed("the guest panicked while it booted", text, where, fix);
    if (own === undefined && performance.now() - heard.at > silentMs) own = tooSilent(silentMs, text, where, fix);
    if (own !== undefined) throw own;
    return { done: false, seen: lastLine(text) };
  };
  try {
    await poll(look, { what: "the guest to boot", timeoutMs: totalMs, intervalMs: 20, where });
  } catch (error) {
    if (own !== undefined) throw own;
    throw bootFailed(
      "the guest did not boot in time",
      await readFile(files.console, "utf8").catch(() => ""),
      where,
      fix,
      error,
    );
  }
}

/** The end of a machine's console, for errors that come later. */
export async function consoleEnd(path: string): Promise<string> {
  return endOf(await readFile(machineFiles(path).console, "utf8").catch(() => ""));
}

/** The last lines; of a panic, what it says and where it happened without the registers, which would hide it. */
function endOf(console: string): string {
  const lines = console.trimEnd().split(/\r?\n/);
  const panic = lines.findIndex((line) => line.includes("Kernel panic"));
  return (panic < 0 ? lines.slice(-consoleTail) : lines.slice(panic, panic + consoleTail)).join("\n");
}

/** Only once the panic is told to its end: what it says comes line by line. */
function panicked(console: string): boolean {
  return console.includes("---[ end Kernel panic");
}

function tooSilent(silentMs: number, console: string, where: string, fix: string): LabError {
  return bootFailed(`no console output for ${Math.round(silentMs / 1000)} s`, console, where, fix);
}

function bootFailed(message: string, console: string, where: string, fix: string, cause?: unknown): LabError {
  const tail = endOf(console);
  return new LabError(message, {
    where,
    tail: tail === "" ? "(the console is empty: no kernel ran)" : tail,
    fix,
    ...(cause === undefined ? {} : { cause }),
  });
}

function lastLine(text: string): string {
  return text.trimEnd().split(/\r?\n/).pop() ?? "nothing on the console";
}

/** Whether a process exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
