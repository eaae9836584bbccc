import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCli } from "./run-cli.fixture.ts";

describe("bad input is one clear error and exit 2", function () {
  this.timeout(30_000);
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "encaplab-e2e-"));
  });
  after(() => rm(folder, { recursive: true }));

  const refused = async (argv: string[], ...patterns: RegExp[]): Promise<void> => {
    const { code, stdout, stderr } = await runCli(...argv);
    assert.equal(code, 2, stdout + stderr);
    for (const pattern of patterns) assert.match(stderr, pattern);
    assert.doesNotMatch(stderr, /\n\s+at /, "no stack trace");
  };

  it("an unknown mode", () => refused(["suite", "--mode", "VXLANCrosSubnet"], /VXLANCrosSubnet/, /VXLANCrossSubnet/));
  it("an unknown topology", () => refused(["suite", "--topology", "two-rack"], /two-rack/, /two-racks/));
  it("an unknown verb", () => refused(["sweet"], /unknown command/));
  it("an unknown flag", () => refused(["suite", "--modes", "all"], /--modes/, /--mode/));
  it("an empty folder for results", () => refused(["suite", "--out", ""], /--out <dir>.*empty/));
  it("a provider that nobody knows, of down", () => refused(["down", "--provider", "bogus"], /bogus.*netns/));
  it("but output that a full disk swallows is no verdict and no success: exit 3, said once", () => {
    const program = join(import.meta.dirname, "../../../scripts/encaplab.mjs");
    const { status, stderr } = spawnSync(
      "sh",
      ["-c", `exec "$0" "$1" list --mode all >/dev/full`, process.execPath, program],
      {
        encoding: "utf8",
      },
    );
    assert.equal(status, 3, stderr);
    assert.match(stderr, /^what was printed is not complete: .*ENOSPC.*\n$/);
  });
  it("a lab without a mode", () => refused(["up"], /^up needs a mode/, /--mode/));
  it("a lab in several modes, which a short word can mean", () =>
    refused(["up", "--mode", "CrossSubnet"], /exactly one mode, and CrossSubnet is IPIPCrossSubnet, VXLANCrossSubnet/));
  it("a lab that is not there, of down", () => refused(["down", "nosuch"], /no lab "nosuch"/, /lab -- status/));
  it("a lab that is not there, of down --stale", () => refused(["down", "--stale", "nosuch"], /no lab "nosuch"/));
  it("a flag of another provider", () =>
    refused(["suite", "--provider", "netns", "--kernel", "6.1"], /--kernel has no effect with netns/, /--provider vm/));
  it("a shard beyond its number", () => refused(["suite", "--shard", "3/2"], /3\/2/));
  for (const names of ["calico,foo", "calico", "calico,reference,auto"]) {
    it(`a comparison of ${names}`, () =>
      refused(["compare", "--dataplane", names], /does not name two/, /--dataplane calico,reference/));
  }
  it("but a comparison of two that has no Calico lacks that, and nothing else", async () => {
    const { code, stderr } = await runCli("compare", "--dataplane", "calico,reference", "--mode", "VXLAN");
    assert.equal(code, 3, stderr);
    assert.match(stderr, /no Calico was given/);
  });
  for (const verb of ["list", "suite"]) {
    it(`a path pattern that matches nothing, of ${verb}`, () => refused([verb, "--paths", "nowhere"], /nowhere/));
  }

  it("a topology with three faults, all three told with line and column", async () => {
    const file = join(folder, "mine.yaml");
    await writeFile(
      file,
      [
        "name: mine",
        "subnets:",
        "  rack-a: { cidr: 198.18.1.0/24 }",
        "  rack-b: { cidr: 198.18.1.128/25 }",
        "routers:",
        "  tor: { subnets: [rack-a, rack-b] }",
        "nodes:",
        "  a1: { subnet: rack-a }",
        "  b1: { subnet: rack-c }",
        "fabric: ospf",
        "",
      ].join("\n"),
    );
    await refused(["suite", "--topology", file], /\b4:\d+/, /\b9:\d+/, /\b10:\d+/);
  });

  for (const [what, bytes, pattern] of [
    ["empty", Buffer.alloc(0), /empty/],
    ["cut in its header", Buffer.from("d4c3b2a102000400", "hex"), /header|cut|short/i],
    ["garbage", Buffer.from("00010203040506070809", "hex"), /neither pcap nor pcapng[^]*editcap/],
    ["text", Buffer.from("this is no capture, whatever its name says"), /this is a text file[^]*tcpdump -w/],
    ["packed with xz", Buffer.from("fd377a585a000004", "hex"), /packed with xz[^]*xz -dc \S*x\.pcap > out\.pcap/],
    [
      "pcapng, and corrupt",
      Buffer.concat([Buffer.from("0a0d0d0a1c0000004d3c2b1a", "hex"), Buffer.alloc(40)]),
      /corrupt at byte 0/,
    ],
  ] as const) {
    it(`a capture that is ${what}`, async () => {
      const file = join(folder, "x.pcap");
      await writeFile(file, bytes);
      await refused(["explain", file], pattern);
    });
  }

  it("a capture that is not there", () =>
    refused(["explain", "/nope.pcap"], /^there is no file \/nope\.pcap, and no run of that id\n/, /\n {2}fix /));
  it("a capture without a name", () => refused(["explain", ""], /^there is no file ''/));
  it("two captures, and a folder of them", async () => {
    const captures = await mkdtemp(join(folder, "captures-"));
    const [one, other] = [join(captures, "a.pcap0"), join(captures, "b.pcap1")];
    await writeFile(one, "");
    await writeFile(other, "");
    await refused(["explain", one, other], /one capture at a time[^]*mergecap -w all\.pcapng/);
    await refused(["explain", captures], /a folder with 2 captures in it[^]*explain \S*a\.pcap0/);
  });
});
