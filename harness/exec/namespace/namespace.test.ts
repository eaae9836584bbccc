import assert from "node:assert/strict";
import { executorContract } from "../executor.contract.ts";
import { localExecutor } from "../local/local.ts";
import { inNamespace, outsideOf } from "./namespace.ts";
import { prefixedExecutor } from "./prefix.ts";
import { skipFor } from "../../core/skip.fixture.ts";

describe("namespace executor", () => {
  const host = localExecutor();
  const name = `elns${process.pid}`;

  before(async function () {
    if ((await host.tryRun(["ip", "netns", "add", name])).exitCode !== 0) skipFor(this, "no namespaces without root");
  });
  after(() => host.tryRun(["ip", "netns", "del", name]));

  executorContract(
    () => Promise.resolve({ executor: inNamespace(host, name, "node a1 (netns)"), where: "node a1" }),
    () => Promise.resolve(),
  );

  it("sees only the namespace's own devices and settings", async () => {
    const node = inNamespace(host, name, "a1");
    const links = (await node.run(["ip", "-o", "link"])).stdout.trim().split("\n");
    assert.equal(links.length, 1);
    await node.run(["sysctl", "-q", "net.ipv4.ip_forward=1"]);
    assert.equal((await node.run(["cat", "/proc/sys/net/ipv4/ip_forward"])).stdout, "1\n");
    await node.run(["sysctl", "-q", "net.ipv4.ip_forward=0"]);
    assert.equal((await node.run(["cat", "/proc/sys/net/ipv4/ip_forward"])).stdout, "0\n");
  });

  it("lets a node make a namespace that outlives the command, and enters it nested", async () => {
    const node = inNamespace(host, name, "a1");
    const pod = `${name}p`;
    await node.run(["ip", "netns", "add", pod]);
    try {
      await node.run(["ip", "link", "add", "host0", "type", "veth", "peer", "name", "eth0", "netns", pod]);
      const { stdout } = await inNamespace(node, pod, "pod p1").run(["ip", "-o", "link", "show", "eth0"]);
      assert.match(stdout, /eth0/);
    } finally {
      await node.run(["ip", "netns", "del", pod]);
    }
  });

  it("is entered alone where it is inside another, which it does not depend on", () => {
    const pod = inNamespace(inNamespace(host, name, "a1"), `${name}p`, "pod p1");
    assert.deepEqual(pod.behind?.prefix, ["nsenter", `--net=/run/netns/${name}p`, "--"]);
    assert.equal(outsideOf(pod), host);
    const behindOther = prefixedExecutor(host, { argv: ["env", "A=1"], where: "a1" });
    assert.equal(inNamespace(behindOther, name, "a1").behind?.inner, behindOther);
    assert.equal(outsideOf(behindOther), behindOther);
  });

  it("says so when the namespace does not exist", async () => {
    const gone = inNamespace(host, "elns-gone", "node a9");
    await assert.rejects(gone.run(["true"]), /nsenter failed/);
  });
});
