import { payloadOption } from "../../rootfs/guest-init.ts";

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

/** A machine that boots by itself from a disk of its own. */
export interface DiskModel {
  readonly accelerator: Accelerator;
  readonly memoryMiB: number;
}

/** Files of the disks of one such machine, and the MAC addresses by which it knows its cards. */
export interface MachineDisks {
  /** qcow2; what the guest writes stays here. */
  readonly system: string;
  /** Raw image with what cloud-init reads. */
  readonly seed: string;
  readonly macs: { readonly management: string; readonly uplink: string };
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
  /** Only for machines that boot from a disk. */
  readonly disks?: MachineDisks;
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
export function qemuArgv(model: MachineModel | DiskModel, wires: MachineWires): readonly string[] {
  const files = machineFiles(wires.path);
  const macs = wires.disks?.macs;
  const own = (mac: string | undefined): string => (mac === undefined ? "" : `,mac=${mac}`);
  const socket = (id: string, path: string): string => `socket,id=${id},path=${path},server=on,wait=off`;
  const card = (id: string, tap: string, slot: number, mac?: string): readonly string[] => [
    ...["-netdev", `tap,id=${id},ifname=${tap},script=no,downscript=no`],
    ...["-device", `virtio-net-pci,netdev=${id},romfile=,addr=${slot}${own(mac)}`],
  ];
  return [
    qemuProgram,
    ...["-name", `guest=${wires.name}`],
    ...("kernel" in model ? modelArgv(model) : diskModelArgv(model)),
    ...(wires.disks === undefined ? [] : disksArgv(wires.disks)),
    ...["-chardev", `file,id=console,path=${files.console}`, "-serial", "chardev:console"],
    ...["-chardev", socket("control", files.control), "-serial", "chardev:control"],
    ...["-chardev", socket("qmp", files.qmp), "-mon", "chardev=qmp,mode=control"],
    ...card("management", wires.managementTap, 3, macs?.management),
    ...card("uplink", wires.uplinkTap, 4, macs?.uplink),
    ...["-pidfile", files.pid, "-daemonize"],
    ...(wires.state === undefined ? [] : ["-incoming", `exec:cat '${wires.state.replaceAll("'", `'\\''`)}'`]),
  ];
}

/** The part that decides whether a saved state fits. */
export function modelArgv({ accelerator, memoryMiB, kernel, initramfs, payload }: MachineModel): readonly string[] {
  return [
    ...boardArgv(accelerator, memoryMiB),
    ...["-no-reboot"],
    ...["-kernel", kernel, "-initrd", initramfs],
    ...["-append", kernelOptions(accelerator, payload)],
    ...(payload === undefined ? [] : disk(payload)),
  ];
}

/**
 * QEMU before 8.0 knows code that it has translated by its virtual address, so programs that are loaded somewhere else each time
 * are translated each time: without randomized addresses ping took 15 ms to end instead of 42, curl 50 instead of 100.
 */
function kernelOptions(accelerator: Accelerator, payload: string | undefined): string {
  const common = ["console=ttyS0", "quiet", "panic=1", "rdinit=/init", "mitigations=off", "no_timer_check"];
  const emulated = accelerator === "tcg" ? ["norandmaps"] : [];
  return [...common, ...emulated, ...(payload === undefined ? [] : [payloadOption])].join(" ");
}

/** A comma in a value of QEMU's options is written twice. */
function disk(file: string): readonly string[] {
  return [
    ...["-drive", `file=${file.replaceAll(",", ",,")},id=payload,if=none,format=raw,readonly=on`],
    ...["-device", "virtio-blk-pci,drive=payload,addr=5"],
  ];
}

/** Images bring boot loaders and services that wait for random numbers; some restart once at their first boot. */
function diskModelArgv({ accelerator, memoryMiB }: DiskModel): readonly string[] {
  return [...boardArgv(accelerator, memoryMiB), "-device", "virtio-rng-pci,addr=5"];
}

/** Nothing of the disks is worth keeping, so no write waits for this host's disk. */
function disksArgv({ system, seed }: MachineDisks): readonly string[] {
  const drive = (node: string, file: string, rest: string): string =>
    `driver=file,node-name=${node}-file,filename=${file.replaceAll(",", ",,")}${rest}`;
  return [
    ...["-blockdev", drive("system", system, ",cache.no-flush=on")],
    ...["-blockdev", "driver=qcow2,node-name=system,file=system-file,cache.no-flush=on"],
    ...["-device", "virtio-blk-pci,drive=system,addr=6,bootindex=1"],
    ...["-blockdev", drive("seed", seed, ",read-only=on")],
    ...["-blockdev", "driver=raw,node-name=seed,file=seed-file,read-only=on"],
    ...["-device", "virtio-blk-pci,drive=seed,addr=7"],
  ];
}

function boardArgv(accelerator: Accelerator, memoryMiB: number): readonly string[] {
  const cpu = accelerator === "kvm" ? ["-accel", "kvm", "-cpu", "host", "-smp", "1"] : tcg;
  return [
    ...["-machine", "q35", ...cpu, "-m", String(memoryMiB)],
    ...["-nodefaults", "-no-user-config", "-display", "none"],
  ];
}

/**
 * One processor, and room for a second that never comes: QEMU before 8.0 leaves memory barriers out of the code that it makes for a
 * machine of a single processor, though its devices run in another thread. Now and then a network card's interrupt was lost so, and
 * the card stood still for good (QEMU, "tcg: Do not elide memory barriers for !CF_PARALLEL in system mode").
 */
const tcg = ["-accel", "tcg,thread=multi,tb-size=128", "-cpu", "max", "-smp", "1,maxcpus=2"];
