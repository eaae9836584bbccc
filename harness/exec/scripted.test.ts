import assert from "node:assert/strict";
import { withScope } from "../core/scope.ts";
import { CommandError } from "./command-error.ts";
import { recordingExecutor, type CommandRecord } from "./recording.ts";
import { runScript } from "./script.ts";
import { scriptedExecutor } from "./scripted.ts";

describe("scripted executor", () => {
  it("answers in the order of its script and remembers what was asked", async () => {
    const fake = scriptedExecutor([
      { command: "ip link show eth0", stdout: "2: eth0\n" },
      { command: /^ip route/, exitCode: 2, stderr: "no such device\n" },
      { command: "id -u", stdout: "0\n", always: true },
    ]);
    assert.equal((await fake.run(["id", "-u"])).stdout, "0\n");
    assert.equal((await fake.run(["ip", "link", "show", "eth0"])).stdout, "2: eth0\n");
    assert.throws(() => {
      fake.assertDone();
    }, /never asked: .*ip route/);
    await assert.rejects(fake.run(["ip", "route", "get", "198.18.1.1"]), (error) => error instanceof CommandError);
    fake.assertDone();
    assert.deepEqual(fake.asked, ["id -u", "ip link show eth0", "ip route get 198.18.1.1"]);
  });

  it("refuses a command, or an input, that its script does not expect", async () => {
    const fake = scriptedExecutor([{ command: "sh -e -s", input: /ip_forward=1/ }]);
    await assert.rejects(fake.tryRun(["reboot"]), /unexpected command; the script expects sh -e -s/);
    await assert.rejects(runScript(fake, "sysctl -w net.ipv4.ip_forward=0"), /unexpected command/);
    await runScript(fake, "sysctl -w net.ipv4.ip_forward=1");
    await assert.rejects(fake.tryRun(["ls"]), /expects no further command/);
  });

  it("plays commands that run until they are stopped", async () => {
    const fake = scriptedExecutor([{ command: "tcpdump -i eth0", stderr: "listening on eth0\n", exitCode: 0 }]);
    await withScope(async (scope) => {
      const running = await fake.spawn(["tcpdump", "-i", "eth0"], scope);
      assert.equal(await running.waitForLine(/listening/, 10), "listening on eth0");
      await assert.rejects(running.waitForLine(/packets/, 10), /did not print packets/);
      assert.equal(scope.pending().length, 1);
    });
  });
});

describe("recording executor", () => {
  it("tells of every command with place, duration and exit, also of failed and spawned ones", async () => {
    const records: CommandRecord[] = [];
    const fake = scriptedExecutor(
      [
        { command: "true" },
        { command: "false", exitCode: 1 },
        { command: "slow", error: new Error("took too long") },
        { command: "tcpdump" },
      ],
      "node a1",
    );
    const executor = recordingExecutor(fake, (record) => records.push(record));
    await executor.run(["true"]);
    await assert.rejects(executor.run(["false"]));
    await assert.rejects(executor.tryRun(["slow"]));
    await withScope(async (scope) => {
      await executor.spawn(["tcpdump"], scope);
    });
    await new Promise(setImmediate);
    const seen = records.map(({ where, argv, exitCode, error }) => [where, argv.join(" "), exitCode, error]);
    assert.deepEqual(seen, [
      ["node a1", "true", 0, undefined],
      ["node a1", "false", 1, "false failed (exit 1)"],
      ["node a1", "slow", undefined, "took too long"],
      ["node a1", "tcpdump", 0, undefined],
    ]);
    assert.ok(records.every((record) => record.durationMs >= 0 && record.startedAt > 0));
  });
});
