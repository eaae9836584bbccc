import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LabError } from "../../core/errors.ts";
import { newRunId } from "../../core/run-id.ts";
import { Scope } from "../../core/scope.ts";
import { skipFor } from "../../core/skip.fixture.ts";
import type { Executor } from "../../exec/executor.ts";
import { localExecutor } from "../../exec/local/local.ts";
import { inNamespace } from "../../exec/namespace/namespace.ts";
import { prefixedExecutor } from "../../exec/namespace/prefix.ts";
import { runScript } from "../../exec/script.ts";
import { readNodeFacts, readWholeFacts } from "./read-node-facts.ts";

/** What a node may have beyond the main table, made in a namespace. */
const setUp = `
ip link set lo up
ip link add e0 type veth peer name e1
ip link set e0 up; ip link set e1 up
ip addr add 198.18.8.1/24 dev e0
ip rule add pref 500 from 198.19.0.0/26 lookup 500
ip route add default via 198.18.8.9 dev e0 table 500
ip route add 198.19.9.0/24 metric 7 nexthop via 198.18.8.2 dev e0 weight 2 nexthop via 198.18.8.3 dev e0
nft 'table ip t { chain f { type filter hook forward priority 0; policy drop; ip daddr 198.19.9.9 counter drop; }; }'
echo 1 >/proc/sys/net/ipv4/conf/e0/rp_filter
`;

describe("facts of a node", () => {
  const scope = new Scope();
  let node: Executor;

  before(async function () {
    const host = localExecutor();
    const name = `facts${newRunId()}`;
    if ((await host.tryRun(["ip", "netns", "add", name])).exitCode !== 0) skipFor(this, "no namespaces without root");
    scope.defer("remove the namespace", async () => {
      await host.run(["ip", "netns", "del", name]);
    });
    node = inNamespace(host, name, "node n1");
    await runScript(node, setUp);
  });
  after(() => scope.close());

  it("hold rules, other tables, several next hops and metrics", async () => {
    const [facts] = await readNodeFacts([{ name: "n1", executor: node }]);
    assert.ok(facts);
    assert.deepEqual(
      facts.rules?.filter(({ family }) => family === 4).map(({ priority, table }) => [priority, table]),
      [
        [0, "local"],
        [500, "500"],
        [32766, "main"],
        [32767, "default"],
      ],
    );
    const tables = facts.otherTables?.map(({ table, destination, via }) => [table, destination, via]);
    assert.deepEqual(tables, [["500", "default", "198.18.8.9"]]);
    const shared = facts.routes.find(({ destination }) => destination === "198.19.9.0/24");
    assert.equal(shared?.metric, 7);
    assert.deepEqual(shared.hops, [
      { via: "198.18.8.2", device: "e0", weight: 2 },
      { via: "198.18.8.3", device: "e0", weight: 1 },
    ]);
    assert.equal(facts.drops, undefined);
  });

  it("are the same where ip(8) tells each of them in a process of its own", async () => {
    const folder = await mkdtemp(join(tmpdir(), "encaplab-facts-"));
    scope.defer("remove the folder", () => rm(folder, { recursive: true }));
    const refusing = `#!/bin/sh\ncase " $* " in *" -batch "*) exit 1; esac\nPATH=\${PATH#*:}\nexec ip "$@"\n`;
    await writeFile(join(folder, "ip"), refusing, { mode: 0o755 });
    const path = `PATH=${folder}:${process.env.PATH ?? ""}:/usr/sbin:/sbin`;
    const apart = prefixedExecutor(node, { argv: ["env", path], where: node.where });
    const [[together], [separate]] = [
      await readNodeFacts([{ name: "n1", executor: node }]),
      await readNodeFacts([{ name: "n1", executor: apart }]),
    ];
    assert.ok(together);
    assert.ok(together.routes.length > 0 && together.links.length > 0 && together.rules !== undefined);
    assert.deepEqual(separate, together);
  });

  it("hold settings, counters and what drops, when asked for as a whole", async () => {
    const [facts] = await readWholeFacts([{ name: "n1", executor: node }]);
    assert.ok(facts);
    assert.equal(facts.unreadable, undefined);
    assert.equal(facts.settings?.["ipv4.conf.e0.rp_filter"], "1");
    assert.equal(facts.counters?.["TcpExt.IPReversePathFilter"], 0);
    assert.equal(facts.counters["e0.rx.errors"], 0);
    assert.deepEqual(facts.drops, [
      { where: "table ip t chain f", hook: "forward", rule: "policy drop" },
      { where: "table ip t chain f", hook: "forward", rule: "ip daddr 198.19.9.9 drop", packets: 0 },
    ]);
  });

  it("hold filters of devices, of which most have none", async () => {
    const classifiers = async (): Promise<unknown> => {
      const [facts] = await readWholeFacts([{ name: "n1", executor: node }]);
      assert.equal(facts?.unreadable, undefined);
      return facts?.classifiers;
    };
    assert.deepEqual(await classifiers(), []);
    const filter = "tc filter add dev e0 ingress protocol ip prio 1 u32 match u32 0 0 flowid 1:1";
    await runScript(node, `tc qdisc add dev e0 clsact; ${filter}`);
    const found = [{ device: "e0", direction: "ingress", words: "u32" }];
    assert.deepEqual(await classifiers(), found);
    await runScript(node, "tc qdisc del dev e0 clsact");
  });

  it("hold what drops among the rules of the older kernel interface, which nft(8) does not see", async function () {
    const add = ["iptables-legacy", "-I", "FORWARD", "-p", "icmp", "-j", "DROP"];
    if ((await node.tryRun(add)).exitCode !== 0) skipFor(this, "no iptables-legacy");
    const [facts] = await readWholeFacts([{ name: "n1", executor: node }]);
    const where = "iptables table filter chain FORWARD";
    assert.deepEqual(
      facts?.drops?.filter((drop) => drop.where === where),
      [{ where, hook: "forward", rule: "-p icmp -j DROP", packets: 0 }],
    );
  });

  it("name what cannot be read, and never take it for absent", async () => {
    const broken = 'bridge() { echo "no bridge" >&2; return 1; }; eval "$(cat)"';
    const without = prefixedExecutor(node, { argv: ["sh", "-c", broken, "--"], where: "node n1" });
    const [facts] = await readWholeFacts([{ name: "n1", executor: without }]);
    assert.ok(facts?.unreadable?.some(({ what, because }) => what === "FDB" && because === "no bridge"));
    await assert.rejects(readNodeFacts([{ name: "n1", executor: without }]), (error) => {
      assert.ok(error instanceof LabError);
      assert.match(error.message, /could not be read/);
      return true;
    });
  });
});
