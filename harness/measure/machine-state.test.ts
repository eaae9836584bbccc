import assert from "node:assert/strict";
import { parseProcessorList, placement } from "./lab-conditions.ts";
import { parseMachineState, useBetween } from "./machine-state.ts";

const state = (user: number, idle: number, steal: number, packets: number): string => `14.47 15.30 11.77 19/512 6172
cpu  ${user} 0 100 ${idle} 0 0 50 ${steal} 0 0
cpu0 1 2 3 4 5 6 7 8 9 10
intr 1 2 3
Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:       0       0    0    0    0     0          0         0        0       0    0    0    0     0       0          0
vxlan.calico:     168       2    0    0    0     0          0         0      168       ${packets}    0    0    0     0       0          0
`;

describe("machine state", () => {
  it("reads processor time, load and packets sent", () => {
    const { busy, idle, stolen, load, sent } = parseMachineState(state(250, 1000, 7, 42));
    assert.deepEqual([busy, idle, stolen, load], [4, 10, 0.07, 14.47]);
    assert.deepEqual(
      [...sent],
      [
        ["lo", 0],
        ["vxlan.calico", 42],
      ],
    );
  });

  it("tells what a machine did between two states", () => {
    const [before, after] = [state(0, 0, 0, 0), state(60, 30, 10, 0)].map(parseMachineState);
    assert.ok(before !== undefined && after !== undefined);
    const { busySeconds, busy, stolen } = useBetween(before, after);
    assert.ok(Math.abs(busySeconds - 0.6) < 1e-9 && Math.abs(busy - 0.6) < 1e-9 && Math.abs(stolen - 0.1) < 1e-9);
    assert.equal(useBetween(before, before).busy, 0);
  });
});

describe("placement", () => {
  it("reads lists of processors as Linux writes them", () => {
    assert.deepEqual(parseProcessorList("0-3,8"), [0, 1, 2, 3, 8]);
    assert.deepEqual(parseProcessorList("5"), [5]);
    assert.deepEqual(parseProcessorList(""), []);
  });

  it("puts client and server apart only where they share a kernel with two processors", () => {
    assert.deepEqual(placement({ sharedKernel: true, processors: [2, 3, 5] }), { client: 2, server: 3 });
    assert.equal(placement({ sharedKernel: true, processors: [0] }), undefined);
    assert.equal(placement({ sharedKernel: false, processors: [0, 1] }), undefined);
  });
});
