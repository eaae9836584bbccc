import { skipFor } from "../../core/skip.fixture.ts";
import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { CommandError } from "../../exec/command-error.ts";
import { localExecutor } from "../../exec/local/local.ts";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostProblems } from "./check.ts";
import { identityLine, identityScript } from "./guest-identity.ts";
import { makeKeys, loginKeys } from "./guest-keys.ts";
import { modelArgv, qemuArgv } from "./qemu-command.ts";
import { reseedProgram } from "../../rootfs/reseed-program.ts";
import { stateKey } from "./saved-state.ts";
import { parseLdd } from "../../rootfs/shared-libraries.ts";
import { machinesNamespace, parseMachinesNamespace } from "./vm-names.ts";

const model = { accelerator: "tcg", memoryMiB: 256, kernel: "/c/vmlinuz", initramfs: "/c/initramfs" } as const;
const wires = { name: "el7f3kq.42-a1", path: "/tmp/l/a1", managementTap: "mgmt1", uplinkTap: "sw-a1" };
const uplink = {
  device: "eth0",
  segment: "rack-a",
  bridgePort: "sw-a1",
  mac: "02:00:00:00:00:01",
  addresses: { 4: "198.18.1.11/24" },
  mtu: 1500,
};

describe("a machine's command line", () => {
  it("bounds the memory of translated code, and starts from a state only when there is one", () => {
    const cold = qemuArgv(model, wires).join(" ");
    assert.match(cold, /-accel tcg,thread=multi,tb-size=128 -cpu max/);
    assert.doesNotMatch(cold, /-incoming/);
    const warm = qemuArgv(model, { ...wires, state: "/c/it's/state" });
    assert.deepEqual(warm.slice(-2), ["-incoming", "exec:cat '/c/it'\\''s/state'"]);
  });

  it("uses the real processor with KVM alone", () => {
    assert.match(modelArgv({ ...model, accelerator: "kvm" }).join(" "), /-accel kvm -cpu host/);
  });

  it("has memory barriers in translated code, which QEMU before 8.0 leaves out for machines that never have a second processor", () => {
    assert.match(modelArgv(model).join(" "), / -smp 1,maxcpus=2 /);
    assert.match(modelArgv({ ...model, accelerator: "kvm" }).join(" "), / -smp 1 /);
  });

  it("keeps addresses in place only where code is translated", () => {
    const options = (accelerator: "kvm" | "tcg"): string => modelArgv({ ...model, accelerator }).join(" ");
    assert.match(options("tcg"), / norandmaps/);
    assert.doesNotMatch(options("kvm"), /norandmaps/);
  });

  it("names states by what must be equal, not by where files lie", () => {
    const key = stateKey(model, "QEMU 7.2", "6.1.0", "abc");
    assert.equal(stateKey({ ...model, kernel: "/elsewhere" }, "QEMU 7.2", "6.1.0", "abc"), key);
    const others = [
      stateKey(model, "QEMU 8.0", "6.1.0", "abc"),
      stateKey(model, "QEMU 7.2", "6.12.0", "abc"),
      stateKey(model, "QEMU 7.2", "6.1.0", "abd"),
      stateKey({ ...model, memoryMiB: 512 }, "QEMU 7.2", "6.1.0", "abc"),
    ];
    assert.equal(new Set([key, ...others]).size, 5);
  });
});

describe("a guest's identity", () => {
  const keys = makeKeys(["a1", "a2"]);
  const identity = { node: "a1", uplink, setUp: "set -e\nexec ip -batch - <<'END'\nlink set lo up\nEND\n" };

  it("is one line that holds the script", () => {
    const script = identityScript(
      { ...identity, hostKey: keys.hosts.a1?.secret ?? "", authorized: keys.authorized },
      new Date(1_700_000_000_999),
    );
    const line = identityLine(script);
    assert.match(line, /^[\w+/=]+\n$/);
    assert.equal(gunzipSync(Buffer.from(line, "base64")).toString(), script);
    assert.match(script, /date -u -s @1700000000 /);
    assert.match(script, /ip link set eth0 address 02:00:00:00:00:01 mtu 1500/);
    assert.match(script, /^\/usr\/bin\/ip -batch/m);
  });

  it("has a host key of its own, whose secret stays out of what others log in with", () => {
    assert.notEqual(keys.hosts.a1?.pin, keys.hosts.a2?.pin);
    const login = JSON.stringify(loginKeys(keys));
    assert.ok(!login.includes((keys.hosts.a1?.secret ?? "").split("\n")[2] ?? "-"));
    assert.ok(login.includes(keys.hosts.a1?.pin ?? "-"));
  });
});

describe("the reseed program", () => {
  it("takes 64 bytes and fails on fewer", async function () {
    const host = localExecutor();
    const folder = await mkdtemp(join(tmpdir(), "encaplab-reseed."));
    const program = join(folder, "reseed");
    try {
      await writeFile(program, reseedProgram(), { mode: 0o755 });
      await host.run([program], { input: "x".repeat(64) });
      await assert.rejects(host.run([program], { input: "short" }), (error) => {
        assert.ok(error instanceof CommandError);
        return error.result?.exitCode === 1;
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe("shared libraries", () => {
  it("are read from ldd, the loader too, each once; static programs have none", () => {
    const output = `/usr/sbin/ip:
\tlinux-vdso.so.1 (0x00007ffd)
\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f00)
\tlibodd.so.1 => not found
\t/lib64/ld-linux-x86-64.so.2 (0x00007f01)
/usr/bin/busybox:
\tnot a dynamic executable
/usr/bin/dash:
\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f02)
`;
    assert.deepEqual(parseLdd(output), {
      files: ["/lib/x86_64-linux-gnu/libc.so.6", "/lib64/ld-linux-x86-64.so.2"],
      missing: ["libodd.so.1"],
    });
  });
});

describe("names of labs of machines", () => {
  it("can be parsed back, and others' are none of theirs", () => {
    const id = { runId: "7f3kq", ownerPid: 42, ownerStart: "9001" };
    assert.deepEqual(parseMachinesNamespace(machinesNamespace(id)), id);
    for (const name of ["el7f3kq.42-a1", "el7f3kq.42+fabric.9001", "el7f3kq.42+vm", "vm"]) {
      assert.equal(parseMachinesNamespace(name), undefined);
    }
  });
});

describe("check of the vm provider", () => {
  it("names what is missing with its package", async function () {
    if (process.platform !== "linux" || process.arch !== "x64") skipFor(this, "not Linux on x86-64");
    const bare = localExecutor({ env: { PATH: "/nonexistent" } });
    const problems = await hostProblems(bare, 0);
    const qemu = problems.find(({ what }) => what === "qemu-system-x86_64 is not installed");
    assert.equal(qemu?.fix, "install the package qemu-system-x86");
  });

  it("says that it needs root, with the alternatives", async function () {
    if (process.platform !== "linux" || process.arch !== "x64") skipFor(this, "not Linux on x86-64");
    const [problem, ...others] = await hostProblems(localExecutor(), 1000);
    assert.match(`${problem?.what ?? ""}: ${problem?.fix ?? ""}`, /requires root: .*sudo.*lab -- doctor/);
    assert.deepEqual(others, []);
  });
});
