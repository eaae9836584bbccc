import assert from "node:assert/strict";
import { hasAnswered, parseLearned, parseProtocols } from "./bgp-sessions.ts";

/** Recorded from Calico v3.32.1's birdcl (BIRD 1.6.8) on a node of four machines, shortened. */
const bird1 = `BIRD v0.3.3+birdv1.6.8 ready.
0.0.0.0/0          via 198.18.1.1 on eth1 [kernel1 08:47:54] * (10)
192.168.78.192/26  via 198.18.1.12 on eth1 [Mesh_198_18_1_12 08:47:56] * (100/0) [i]
192.168.80.128/26  via 198.18.1.1 on eth1 [Mesh_198_18_2_11 08:47:56 from 198.18.2.11] * (100/?) [i]
198.18.0.0/24      dev eth0 [direct1 08:47:53] * (240)
192.168.141.128/26 blackhole [static1 08:47:53] * (200)
`;

/** As BIRD 2 lists several ways to one destination. */
const bird2 = `BIRD 2.0.12 ready.
Table master4:
198.19.0.0/26        unicast [a1_4 12:00:00.000] * (100) [i]
	via 198.18.1.11 on eth0
                     unicast [tor2_eth1_4 12:00:01.000 from 198.18.9.2] (100/?) [i]
	via 198.18.9.2 on eth1

Table master6:
fd00:19:0:1::/122    unicast [a1_6 12:00:00.000] * (100) [i]
	via fd00:18:1::b on eth0
`;

describe("what BIRD says", () => {
  it("tells which destinations came over which session, in both of its versions", () => {
    const old = parseLearned(bird1);
    assert.deepEqual(old.get("Mesh_198_18_1_12"), ["192.168.78.192/26"]);
    assert.deepEqual(old.get("Mesh_198_18_2_11"), ["192.168.80.128/26"]);
    const learned = parseLearned(bird2);
    assert.deepEqual(learned.get("a1_4"), ["198.19.0.0/26"]);
    assert.deepEqual(learned.get("tor2_eth1_4"), ["198.19.0.0/26"]);
    assert.deepEqual(learned.get("a1_6"), ["fd00:19:0:1::/122"]);
  });

  it("tells a BIRD that answers from one that cannot be asked", () => {
    assert.ok(hasAnswered(bird1) && hasAnswered(bird2));
    assert.ok(!hasAnswered("Unable to connect to server control socket (/run/bird.ctl): No such file or directory\n"));
    assert.ok(!hasAnswered("sh: 1: birdc: not found\n"));
  });

  it("tells a session that is down from one that is up", () => {
    const text = `BIRD 2.0.12 ready.
Name       Proto      Table      State  Since         Info
a1_4       BGP        ---        down   12:00:00.000
a2_4       BGP        ---        up     12:00:00.000  Established
`;
    assert.deepEqual(Object.fromEntries(parseProtocols(text)), { a1_4: "down", a2_4: "Established" });
  });
});
