/** Counters of a node at one moment, as /proc tells them. */
export interface MachineState {
  /** Seconds of all processors together since boot, by what they did. */
  readonly busy: number;
  readonly idle: number;
  /** Seconds in which the hypervisor ran something else. */
  readonly stolen: number;
  /** Processes that want to run, averaged over the last minute. */
  readonly load: number;
  /** Packets sent through each device. */
  readonly sent: ReadonlyMap<string, number>;
}

/** What a machine did between two moments. */
export interface MachineUse {
  readonly busySeconds: number;
  /** Fractions of the time of all processors. */
  readonly busy: number;
  readonly stolen: number;
  readonly load: number;
}

/** Reads the state where it runs: /proc/net is the network namespace's own, which /sys need not be. */
export const machineStateCommand: readonly string[] = ["cat", "/proc/loadavg", "/proc/stat", "/proc/net/dev"];

/** Ticks of /proc/stat in a second (USER_HZ, 100 on every Linux architecture in use). */
const ticks = 100;

/** Reads the output of `machineStateCommand`. */
export function parseMachineState(text: string): MachineState {
  // proc(5): user nice system idle iowait irq softirq steal …; guest time is part of user time.
  const [user = 0, nice = 0, system = 0, idle = 0, wait = 0, irq = 0, softirq = 0, steal = 0] = (
    /^cpu +(.+)$/m.exec(text)?.[1] ?? ""
  )
    .split(" ")
    .map(Number);
  const devices = text.matchAll(/^ *(\S+): *(?:\d+ +){9}(\d+)/gm);
  return {
    busy: (user + nice + system + irq + softirq) / ticks,
    idle: (idle + wait) / ticks,
    stolen: steal / ticks,
    load: Number(/^[\d.]+/.exec(text)?.[0] ?? 0),
    sent: new Map([...devices].map(([, device = "", packets]) => [device, Number(packets)])),
  };
}

/** What happened between two states of one machine. */
export function useBetween(before: MachineState, after: MachineState): MachineUse {
  const busySeconds = after.busy - before.busy;
  const stolen = after.stolen - before.stolen;
  const all = busySeconds + stolen + after.idle - before.idle;
  const share = (seconds: number): number => (all <= 0 ? 0 : seconds / all);
  return { busySeconds, busy: share(busySeconds), stolen: share(stolen), load: after.load };
}
