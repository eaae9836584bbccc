import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { exerciseCommand, readExercise, type ExerciseSettings } from "./exercise.ts";
import { percentile } from "./percentile.ts";

const settings: ExerciseSettings = { seconds: 1, omitSeconds: 1, udpMbitPerSecond: 50, echoes: 500 };

const recorded = (name: string): Promise<string> =>
  readFile(new URL(`../probe/testdata/${name}`, import.meta.url), "utf8");

describe("exercises", () => {
  it("tie both ends to processors where they share them, except several streams", () => {
    const tied = { ...settings, processors: { client: 0, server: 1 } };
    const command = (exercise: Parameters<typeof exerciseCommand>[0]): string =>
      exerciseCommand(exercise, "198.19.0.1", tied).join(" ");
    assert.match(command("tcp"), /^iperf3 -c 198\.19\.0\.1 .*-t 1 .*-O 1 -A 0,1 -J$/);
    assert.doesNotMatch(command("tcp-4"), /-A/);
    assert.match(command("tcp-4"), /-P 4/);
    assert.match(command("udp"), /-u -b 50M -A 0,1/);
    assert.match(command("echo"), /^taskset -c 0 ping -n -A -c 500/);
    assert.match(command("connect"), /^taskset -c 0 curl .*http:\/\/198\.19\.0\.1:8080\/\[1-100\]$/);
    assert.doesNotMatch(exerciseCommand("echo", "198.19.0.1", settings).join(" "), /taskset/);
  });

  it("write an IPv6 address so that curl does not take it for a range", () => {
    assert.ok(exerciseCommand("connect", "fd00::1", settings).includes("http://\\[fd00::1\\]:8080/[1-100]"));
  });

  for (const version of ["3.9", "3.12", "3.18", "3.22"]) {
    it(`read TCP and UDP of iperf ${version}`, async () => {
      const tcp = readExercise("tcp", await recorded(`iperf3-${version}-tcp.json`), "", settings);
      assert.equal(tcp.failure, undefined);
      assert.deepEqual([tcp.version, tcp.segment], [version, 1398]);
      const { throughput = 0, "cpu-sender": sender = 0, "cpu-receiver": receiver = 0 } = tcp.values;
      assert.ok(throughput > 1 && throughput < 10, String(throughput));
      assert.ok(sender > 0.01 && sender < 0.2 && receiver > 0.01 && receiver < 0.2, `${sender} ${receiver}`);
      assert.ok(Math.abs((tcp.gbit ?? 0) - 2 * throughput) < 1e-9);

      const four = readExercise("tcp-4", await recorded(`iperf3-${version}-tcp-4.json`), "", settings);
      assert.ok((four.values["throughput-4"] ?? 0) > 1);
      assert.deepEqual(Object.keys(four.values), ["throughput-4"]);

      const udp = readExercise("udp", await recorded(`iperf3-${version}-udp.json`), "", settings);
      const { loss = -1, jitter = -1 } = udp.values;
      assert.ok(loss >= 0 && loss < 6, String(loss));
      assert.ok(jitter > 5 && jitter < 200, String(jitter));
    });
  }

  it("tell why there are no values", async () => {
    const stderrOf39 = "iperf3: error - unable to send control message: Bad file descriptor";
    for (const [file, reason] of [
      // 3.9 says it on stderr alone.
      ["iperf3-3.9-refused.json", /unable to send control message/],
      ["iperf3-3.22-refused.json", /Connection refused/],
      ["iperf3-3.12-server-died.json", /server has terminated|closed/],
      ["iperf3-3.22-server-died.json", /server has terminated|closed/],
    ] as const) {
      const { values, failure } = readExercise("tcp", await recorded(file), stderrOf39, settings);
      assert.deepEqual(values, {});
      assert.match(failure ?? "", reason);
    }
    const whole = await recorded("iperf3-3.12-tcp.json");
    assert.match(readExercise("tcp", whole.slice(0, 900), "", settings).failure ?? "", /printed no report/);
    assert.match(readExercise("tcp", "", "iperf3: killed", settings).failure ?? "", /killed/);
    assert.match(readExercise("udp", whole, "", settings).failure ?? "", /no datagrams/);
  });

  it("take echoes' times to a part of ping's whole microseconds", () => {
    const line = (micros: number): string => `64 bytes from 198.19.0.1: icmp_seq=1 ttl=62 time=0.0${micros} ms`;
    const lines = [...new Array<string>(300).fill(line(27)), ...new Array<string>(200).fill(line(28))];
    const { values } = readExercise("echo", lines.join("\n"), "", settings);
    assert.ok(Math.abs((values["rtt-p50"] ?? 0) - 27.33) < 0.01, JSON.stringify(values));
    assert.match(readExercise("echo", line(27), "", settings).failure ?? "", /^1 of 500 echo replies/);
  });

  it("take the time of connecting without that of the name", () => {
    const lines = Array.from({ length: 100 }, () => "0.000005 0.000080");
    const { values } = readExercise("connect", lines.join("\n"), "", settings);
    assert.ok(Math.abs((values.setup ?? 0) - 75) <= 0.5, JSON.stringify(values));
    assert.match(
      readExercise("connect", "0.000005 0.000000\n", "refused", settings).failure ?? "",
      /^0 of 100 .*refused/,
    );
  });
});

describe("percentile", () => {
  it("is the plain quantile where all samples differ, and halfway among equal ones", () => {
    assert.ok(Math.abs(percentile([1, 2, 3, 4, 5], 0.5, 0) - 3) < 1e-9);
    assert.equal(percentile([7, 7, 7, 7], 0.5, 1), 7);
    assert.throws(() => percentile([], 0.5, 1), RangeError);
  });
});
