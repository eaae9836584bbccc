import { payloadOption } from "./guest-init.ts";

/** Program that runs the machines. */
export const qemuProgram = "qemu-system-x86_64";

/** How a machine's processor is made. */
export type Accelerator = "kvm" | "tcg";

/** What all machines of a lab have in common. Machines restored from a state must equal the one that it was saved from. */
export interface MachineModel {
  readonly accelerator: Accelerator;
  readonly memoryMiB: number;
  /** Files. */
  readonly kernel: string;
  readonly initramfs: string;
  /** Image of a disk that all machines read: see Payload. */
  readonly payload?: string;
}

/** What is a machine's own. */
export interface MachineWires {
  /** For people who look at their processes. */
  readonly name: string;
  /** Path without extension; `.control`, `.qmp` and `.console` are added. */
  readonly path: string;
  /** Tap devices that exist where QEMU runs. */
  readonly managementTap: string;
  readonly uplinkTap: string;
  /** File of a saved machine state to start from. */
  readonly state?: string;
}

/** Files and sockets of a machine. */
export function machineFiles(path: string): {
  readonly control: string;
  readonly qmp: string;
  readonly console: string;
  readonly pid: string;
} {
  return { control: `${path}.control`, qmp: `${path}.qmp`, console: `${path}.console`, pid: `${path}.pid` };
}

/**
 * Command line of a machine. Management card first, uplink second: the guest tells them apart by their slots. tb-size keeps the
 * translated code of TCG at 128 MiB per machine (by default a machine grew to 1.8 GiB); a panic ends the machine.
 */
export function qemuArgv(model: MachineModel, wires: MachineWires): readonly string[] {
  const files = machineFiles(wires.path);
  const socket = (id: string, path: string): string => `socket,id=${id},path=${path},server=on,wait=off`;
  const card = (id: string, tap: string, slot: number): readonly string[] => [
    ...["-netdev", `tap,id=${id},ifname=${tap},script=no,downscript=no`],
    ...["-device", `virtio-net-pci,netdev=${id},romfile=,addr=${slot}`],
  ];
  return [
    qemuProgram,
    ...["-name", `guest=${wires.name}`],
    ...modelArgv(model),
    ...["-chardev", `file,id=console,path=${files.console}`, "-serial", "chardev:console"],
    ...["-chardev", socket("control", files.control), "-serial", "chardev:control"],
    ...["-chardev", socket("qmp", files.qmp), "-mon", "chardev=qmp,mode=control"],
    ...card("management", wires.managementTap, 3),
    ...card("uplink", wires.uplinkTap, 4),
    ...["-pidfile", files.pid, "-daemonize"],
    ...(wires.state === undefined ? [] : ["-incoming", `exec:cat '${wires.state.replaceAll("'", `'\\''`)}'`]),
  ];
}

/** The part that decides whether a saved state fits. */
export function modelArgv({ accelerator, memoryMiB, kernel, initramfs, payload }: MachineModel): readonly string[] {
  const cpu = accelerator === "kvm" ? ["-accel", "kvm", "-cpu", "host"] : tcg;
  return [
    ...["-machine", "q35", ...cpu, "-smp", "1", "-m", String(memoryMiB)],
    ...["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"],
    ...["-kernel", kernel, "-initrd", initramfs],
    ...["-append", payload === undefined ? kernelOptions : `${kernelOptions} ${payloadOption}`],
    ...(payload === undefined ? [] : disk(payload)),
  ];
}

const kernelOptions = "console=ttyS0 quiet panic=1 rdinit=/init mitigations=off no_timer_check";

/** A comma in a value of QEMU's options is written twice. */
function disk(file: string): readonly string[] {
  return [
    ...["-drive", `file=${file.replaceAll(",", ",,")},id=payload,if=none,format=raw,readonly=on`],
    ...["-device", "virtio-blk-pci,drive=payload,addr=5"],
  ];
}

const tcg = ["-accel", "tcg,thread=multi,tb-size=128", "-cpu", "max"];
