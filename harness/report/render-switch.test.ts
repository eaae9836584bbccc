import assert from "node:assert/strict";
import { directionRecord, switchRecord } from "../switch/switch-record.fixture.ts";
import type { StreamRecord, SwitchRecord } from "../switch/switch-record.ts";
import { renderSwitch } from "./render-switch.ts";
import { plainStyle } from "./style.ts";
import { pathPictures, switchPicture } from "./switch-pictures.ts";

const path = "vxlan-cross-subnet/pod-to-pod/same-subnet/v4/a1->a2";
const turned = directionRecord({
  ...{ before: "vxlan", after: "plain", firstNewMs: 20, lastOldMs: 19, lost: 20, gapMs: 203, gapAtMs: 100 },
  bands: [
    { fromMs: -600, toMs: 20, forms: ["vxlan"] },
    { fromMs: 20, toMs: 40, forms: ["plain", "vxlan"] },
    { fromMs: 40, toMs: 1400, forms: ["plain"] },
  ],
  lostAt: [{ fromMs: 100, toMs: 303, packets: 20 }],
  detours: [{ tap: "tor/eth0", form: "plain", packets: 12, fromMs: 270, toMs: 350 }],
});
const ping: StreamRecord = { path, kind: "ping", directions: [turned], errors: ["Operation not permitted x1"] };
const tcp: StreamRecord = {
  ...{ path, kind: "tcp", directions: [], errors: [] },
  tcp: { outcome: "stalled", because: "…", bytes: 1, retransmitted: 4, timeouts: 2, stallMs: 630, stallAtMs: 200 },
};
const calm: StreamRecord = {
  path: path.replace("a2", "a1"),
  kind: "udp",
  directions: [directionRecord({})],
  errors: [],
};
const change = (more: Partial<SwitchRecord> = {}): SwitchRecord =>
  switchRecord({ streams: [ping, tcp, calm], ...more });
const text = (record: SwitchRecord, verbose = false): string => renderSwitch(record, { style: plainStyle, verbose });

describe("a change of mode on the console", () => {
  it("is a table of what changed or suffered, and a line for the rest", () => {
    const shown = text(change());
    assert.match(shown, /^VXLAN → VXLANCrossSubnet under traffic\n/);
    assert.match(
      shown,
      /pod-to-pod\/same-subnet\/v4\/a1->a2 ping +→ +VXLAN → plain +0\.02 s +0\.02 s +20\/200 +0 +0 +203 ms\n/,
    );
    assert.match(shown, /a1->a2 tcp +→ +stalled +4 sent again, 2 time-outs +630 ms\n/);
    assert.match(shown, /1 stream whose form stays: nothing lost/);
    assert.match(
      shown,
      /detour: 12 packets plain at tor\/eth0, 0\.27 s to 0\.35 s: pod-to-pod\/same-subnet\/v4\/a1->a2 ping\n/,
    );
    assert.match(shown, /nothing left behind: the nodes have what a lab born in VXLANCrossSubnet has/);
    assert.doesNotMatch(shown, /a1->a1 udp/);
    assert.match(text(change(), true), /a1->a1 udp/);
  });

  it("names a node that did not follow, what was left behind, and pods' old MTU", () => {
    const shown = text(
      change({
        nodes: [{ node: "b1", lastOldMs: 1400, follows: false }],
        leftBehind: [{ node: "b1", what: "device", subject: "tunl0", a: "ipip" }],
        podMtu: { running: [1500], fresh: 1450 },
      }),
    );
    assert.match(shown, /b1 \(nothing new on the wire, DID NOT FOLLOW\)/);
    assert.match(shown, /✘ b1 device tunl0: ipip; a lab born in VXLANCrossSubnet has nothing/);
    assert.match(shown, /pods that run keep MTU 1500; a new pod gets 1450/);
  });
});

describe("pictures of a change of mode", () => {
  it("show bands of forms, both where both were seen, and lost packets", () => {
    const { svg, csv } = switchPicture(change());
    assert.equal(svg.match(/class="outer"/g)?.length, 2);
    assert.equal(svg.match(/class="plain"/g)?.length, 2);
    // The lost packets and the stall; words in red have the class too.
    assert.equal(svg.match(/<rect[^>]*class="bad"/g)?.length, 2);
    assert.match(svg, /20\/200 lost, gap 203 ms/);
    assert.match(csv, new RegExp(`^${path},ping,forward,vxlan,plain,200,20,0,0,203,20,19,0,,$`, "m"));
  });

  it("count what nothing happened to, and draw of it what strayed", () => {
    assert.match(switchPicture(change()).svg, /and 1 stream whose form stays, nothing lost/);
    const leak = { tap: "a1/eth0", form: "plain", packets: 7, fromMs: 100, toMs: 300 } as const;
    const astray = { ...calm, directions: [directionRecord({ leaks: [leak, { ...leak, tap: "tor/eth0" }] })] };
    const { svg } = switchPicture(change({ streams: [astray] }));
    assert.match(svg, /7 leaked, 0 lost/);
    assert.equal(svg.includes("whose form stays"), false);
  });

  it("tell what was reached when where no node changes on the wire", () => {
    const nodes = [{ node: "b2", follows: true }];
    const steps = [
      { step: "b2 off", atMs: 80 },
      { step: "device", atMs: 900 },
      { step: "route", atMs: 900 },
    ];
    const { svg } = switchPicture(change({ nodes, steps }));
    assert.match(svg, /dashed: what was reached/);
    assert.match(svg, />b2 off 0\.08 s</);
    assert.match(svg, />route 0\.90 s</);
    assert.equal(svg.includes("device 0.90 s"), false);
  });

  it("are one for each path, and one for all", () => {
    const own = pathPictures(change());
    assert.deepEqual([...own.keys()], [path, calm.path]);
    assert.match(own.get(path) ?? "", /VXLAN → VXLANCrossSubnet: pod-to-pod\/same-subnet\/v4\/a1-&gt;a2/);
  });
});
