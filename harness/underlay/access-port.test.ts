import assert from "node:assert/strict";
import { skipFor } from "../core/skip.fixture.ts";
import { withScope } from "../core/scope.ts";
import { localExecutor } from "../exec/local/local.ts";
import { accessPortCommands } from "./access-port.ts";

/** Members of one bridge: two in a VLAN, one in another, and the wire of one that gets frames as they are. */
const ports = [
  ["near", 4094],
  ["peer", 4094],
  ["other", 1],
  ["trunk", undefined],
] as const;

describe("access ports", () => {
  it("join those of one VLAN, keep out those of another, and put the tag on the wire", async function () {
    if (process.platform !== "linux" || process.getuid?.() !== 0) skipFor(this, "namespaces need root on Linux");
    this.timeout(20_000);
    const namespace = (name: string): string => `access-${process.pid}-${name}`;
    const fabric = namespace("fabric");
    const host = localExecutor();
    await withScope(async (scope) => {
      for (const name of [fabric, ...ports.map(([port]) => namespace(port))]) {
        scope.defer(`remove ${name}`, () => host.tryRun(["ip", "netns", "del", name]).then(() => undefined));
        await host.run(["ip", "netns", "add", name]);
      }
      const script = [
        "set -e",
        `exec_in() { ip netns exec ${fabric} "$@"; }`,
        "exec_in ip link add br0 up type bridge stp_state 0 forward_delay 0 mcast_snooping 0",
        ...ports.flatMap(([name], index) => [
          `exec_in ip link add ${name} type veth peer name eth0 netns ${namespace(name)}`,
          `exec_in ip link set ${name} master br0 up`,
          `ip -n ${namespace(name)} addr add 192.0.2.${index + 1}/24 dev eth0`,
          `ip -n ${namespace(name)} link set eth0 up`,
        ]),
      ];
      await host.run(["sh", "-s"], { input: script.join("\n") });
      const access = ports.flatMap(([name, vlan]) => (vlan === undefined ? [] : accessPortCommands(name, vlan)));
      await host.run(["ip", "netns", "exec", fabric, "sh", "-es"], { input: access.join("\n") });
      const ping = async (to: number): Promise<number> =>
        (
          await host.tryRun([
            "ip",
            "netns",
            "exec",
            namespace("near"),
            "ping",
            "-n",
            "-c",
            "1",
            "-W",
            "0.2",
            `192.0.2.${to}`,
          ])
        ).exitCode;
      assert.equal(await ping(2), 0, "the same VLAN");
      assert.notEqual(await ping(3), 0, "another VLAN");
      assert.notEqual(await ping(4), 0, "a wire whose owner takes no tags");
      const heard = [
        "timeout",
        "3",
        "tcpdump",
        "-Z",
        "root",
        "-y",
        "EN10MB",
        "-i",
        "eth0",
        "-c",
        "1",
        "-n",
        "-e",
        "vlan",
        "4094",
      ];
      const asking = `ip netns exec ${namespace("near")} ping -n -c 1 -W 0.2 192.0.2.3 >/dev/null 2>&1 &`;
      const listen = `{ sleep 0.3; ${asking} wait; } & ip netns exec ${namespace("trunk")} ${heard.join(" ")}; wait`;
      const { stdout } = await host.tryRun(["sh", "-c", listen]);
      assert.match(stdout, /802\.1Q \(0x8100\),.* vlan 4094,/);
    });
  });
});
