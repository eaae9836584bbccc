import assert from "node:assert/strict";
import { droppedIn, tooBusy, watchMachine, type MachineStrain } from "./machine-watch.ts";

const idle: MachineStrain = { cpus: 2, load: 1, stolen: 0, lateMs: 12, dropped: 0 };

describe("tooBusy", () => {
  it("names every reason, and none for a machine that had time", () => {
    assert.equal(tooBusy(idle), undefined);
    assert.equal(tooBusy({ ...idle, load: 8 }), undefined);
    assert.equal(tooBusy({ ...idle, load: 31.2, lateMs: 400 }), "a load of 31 on 2 CPUs, timers up to 400 ms late");
    assert.equal(tooBusy({ ...idle, stolen: 0.41 }), "41 % of its time stolen by the hypervisor");
    assert.equal(tooBusy({ ...idle, dropped: 3 }), "3 packets dropped in the kernel's own queue");
  });

  it("is asked of what the kernel and this program's own timers tell", async () => {
    const end = await watchMachine();
    const start = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 5));
    while (performance.now() - start < 300);
    await new Promise((resolve) => setTimeout(resolve, 30));
    const { cpus, lateMs, dropped } = await end();
    assert.ok(cpus > 0 && lateMs > 250, String(lateMs));
    assert.ok(dropped >= 0);
  });

  it("counts drops of all processors, in hexadecimal", () => {
    const line = (dropped: string): string => `0536dcf5 ${dropped} 000007c4 00000000`;
    assert.equal(droppedIn(`${line("0000006d")}\n${line("00000001")}\n`), 0x6e);
    assert.equal(droppedIn(""), 0);
  });
});
