import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { UsageError } from "../../core/errors.ts";
import { skipFor } from "../../core/skip.fixture.ts";
import { localExecutor } from "../../exec/local/local.ts";
import { makeKeys } from "./guest-keys.ts";
import { imageProgram, makeDisks, userImage } from "./image-disks.ts";
import { imageRefusal } from "./image-refusal.ts";
import { imageSeed } from "./image-seed.ts";
import { qemuArgv } from "./qemu-command.ts";
import { seedImage } from "../../rootfs/seed-image.ts";

const host = localExecutor();
const keys = makeKeys(["a1"]);
const identity = {
  instance: "7f3kq-a1",
  node: "a1",
  uplink: {
    device: "eth0",
    segment: "rack-a",
    bridgePort: "a1_eth0",
    mac: "02:00:00:00:00:01",
    addresses: { 4: "198.18.1.11/24" },
    mtu: 1500,
  },
  setUp: "set -e\nexec ip -batch - <<'END'\nlink set lo up\nEND\n",
  hostKey: keys.hosts.a1?.secret ?? "",
  authorized: keys.authorized,
};

interface UserData {
  readonly write_files: readonly { readonly path: string; readonly content: string; readonly permissions: string }[];
  readonly runcmd: readonly (readonly string[])[];
}

describe("seed of a machine with a user's image", () => {
  const texts = new Map(imageSeed(identity).map(({ name, text }) => [name, text]));
  const userData = parse(texts.get("user-data") ?? "") as UserData;
  const fileAt = (path: string) => userData.write_files.find((file) => file.path === path);

  it("is what cloud-init calls NoCloud data, with the node's name and a new instance", () => {
    assert.deepEqual([...texts.keys()], ["meta-data", "user-data", "network-config"]);
    assert.match(texts.get("user-data") ?? "", /^#cloud-config\n/);
    assert.deepEqual(parse(texts.get("meta-data") ?? ""), { "instance-id": "7f3kq-a1", "local-hostname": "a1" });
  });

  it("gives the uplink its address by its MAC, and asks no server for one", () => {
    const network = parse(texts.get("network-config") ?? "") as { ethernets: { uplink: Record<string, unknown> } };
    const { match, addresses, dhcp4 } = network.ethernets.uplink;
    assert.deepEqual([match, addresses, dhcp4], [{ macaddress: "02:00:00:00:00:01" }, ["198.18.1.11/24"], false]);
  });

  it("holds the keys where only root reads them, and runs what makes the node", () => {
    assert.equal(fileAt("/etc/encaplab/host_key")?.content.trim(), identity.hostKey.trim());
    assert.equal(fileAt("/etc/encaplab/authorized_keys")?.content.trim(), identity.authorized.trim());
    for (const name of ["host_key", "authorized_keys"])
      assert.equal(fileAt(`/etc/encaplab/${name}`)?.permissions, "0600");
    assert.match(fileAt("/etc/encaplab/sshd_config")?.content ?? "", /^HostKey \/etc\/encaplab\/host_key$/m);
    const [command] = userData.runcmd;
    assert.ok(fileAt(command?.[1] ?? "") !== undefined);
  });

  it("brings scripts that a shell can read", async () => {
    for (const path of ["/etc/encaplab/set-up", "/etc/encaplab/start"]) {
      await host.run(["sh", "-n"], { input: fileAt(path)?.content ?? "" });
    }
  });
});

describe("seedImage", () => {
  it("is a disk with the label and the files, as this system's own tools see it", async function () {
    const folder = await mkdtemp(join(tmpdir(), "encaplab-seed."));
    try {
      const file = join(folder, "seed");
      const long = `#cloud-config\n${"x".repeat(5000)}\n`;
      await writeFile(
        file,
        seedImage("cidata", [
          { name: "user-data", text: long },
          { name: "meta-data", text: "m\n" },
        ]),
      );
      const { stdout } = await host.run(["blkid", "-p", "-o", "export", file]);
      assert.match(stdout, /^LABEL=cidata$/m);
      assert.match(stdout, /^TYPE=iso9660$/m);
      assert.equal((await stat(file)).size % 2048, 0);
      const mounted = await host.tryRun(["mount", "-o", "loop,ro", file, folder]);
      if (mounted.exitCode !== 0) return;
      try {
        assert.equal(await readFile(join(folder, "user-data"), "utf8"), long);
        assert.equal(await readFile(join(folder, "meta-data"), "utf8"), "m\n");
      } finally {
        await host.run(["umount", folder]);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("gives equal bytes for equal files, each whole and at the start of a sector", () => {
    const files = [
      { name: "user-data", text: "a".repeat(2048) },
      { name: "meta-data", text: "b" },
    ];
    const image = seedImage("cidata", files);
    assert.ok(image.equals(seedImage("cidata", files)));
    assert.equal(image.length, 23 * 2048);
    assert.equal(image.toString("latin1", 21 * 2048, 22 * 2048), "a".repeat(2048));
    assert.equal(image.toString("latin1", 22 * 2048, 22 * 2048 + 2), "b\0");
  });
});

describe("a user's image", () => {
  let folder = "";
  before(async function () {
    const there = await host.tryRun(["sh", "-c", `command -v ${imageProgram}`]);
    if (there.exitCode !== 0) skipFor(this, "install the package qemu-utils");
    folder = await mkdtemp(join(tmpdir(), "encaplab-image."));
  });
  after(async () => {
    if (folder !== "") await rm(folder, { recursive: true });
  });
  const refusal = async (name: string): Promise<UsageError> => {
    const error: unknown = await userImage(host, join(folder, name)).then(
      () => assert.fail("must be refused"),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof UsageError, String(error));
    return error;
  };

  it("is refused where it is missing, a folder, or no qcow2", async () => {
    assert.match((await refusal("missing.qcow2")).message, /cannot be read/);
    assert.match((await refusal(".")).message, /is not a file/);
    await writeFile(join(folder, "text.qcow2"), "no image at all\n".repeat(100));
    const raw = await refusal("text.qcow2");
    assert.match(raw.message, /is not a qcow2 image but raw/);
    assert.match(raw.details.fix ?? "", /convert -O qcow2/);
    await writeFile(join(folder, "cut.qcow2"), Buffer.from("514649fb00000003", "hex"));
    assert.match((await refusal("cut.qcow2")).message, /cannot be used/);
  });

  it("is never written to: each machine has a layer of its own over it", async () => {
    const image = join(folder, "good.qcow2");
    await host.run([imageProgram, "create", "-q", "-f", "qcow2", image, "10M"]);
    const before = await readFile(image);
    const path = await userImage(host, image);
    const disks = await makeDisks(host, path, join(folder, "a1"), imageSeed(identity), "02:00:00:00:00:01");
    const { stdout } = await host.run([imageProgram, "info", "--output=json", disks.system]);
    const info = JSON.parse(stdout) as Record<string, unknown>;
    assert.deepEqual([info.format, info["backing-filename"]], ["qcow2", image]);
    assert.equal((await stat(disks.seed)).mode & 0o777, 0o600);
    assert.ok((await readFile(image)).equals(before));
    const argv = qemuArgv(
      { accelerator: "tcg", memoryMiB: 1024 },
      { name: "a1", path: join(folder, "a1"), managementTap: "mgmt1", uplinkTap: "a1_eth0", disks },
    ).join(" ");
    assert.match(argv, /virtio-net-pci,netdev=uplink,romfile=,addr=4,mac=02:00:00:00:00:01/);
    assert.doesNotMatch(argv, /-kernel|-incoming|-no-reboot/);
  });
});

describe("what an image says on its console", () => {
  it("becomes an error that names what it lacks, with the packages of its distribution", () => {
    const error = imageRefusal("boot\r\nencaplab: lacking tcpdump nft ping on debian \r\n", "node a1");
    assert.equal(error?.message, "the image lacks tcpdump, nft, ping");
    assert.match(error.details.fix ?? "", /packages tcpdump, nftables, iputils-ping/);
    assert.match(
      imageRefusal("encaplab: lacking ping on rocky rhel centos fedora\n", "a1")?.details.fix ?? "",
      /iputils/,
    );
  });

  it("becomes an error with what the set-up said, once that is whole", () => {
    const half = "encaplab: failed ip: no such device\r\nsecond line\r\n";
    assert.equal(imageRefusal(half, "node a1"), undefined);
    assert.equal(
      imageRefusal(`${half}encaplab: failed end\r\n`, "node a1")?.details.tail,
      "ip: no such device\nsecond line",
    );
    assert.equal(imageRefusal("all is well\n", "node a1"), undefined);
  });
});
