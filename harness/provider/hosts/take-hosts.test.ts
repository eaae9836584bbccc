import assert from "node:assert/strict";
import { wantedSettings, writeSettings } from "./host-settings.ts";
import { hostNamespacePrefix, parseRecord } from "./host-record.ts";
import { installArgv, packagesOf, removeArgv } from "../../lab/host-tools.ts";
import { ownerIsAlive, ownerOf } from "../../lab/owner-machine.ts";
import { parseNamespace } from "../../lab/lab-id.ts";

describe("taking hosts", () => {
  it("names the packages that a distribution has the tools in, and how they are installed", () => {
    const missing = ["ip", "bridge", "ping", "iperf3"];
    assert.deepEqual(packagesOf(missing, ["ubuntu", "debian"]), ["iproute2", "iputils-ping", "iperf3"]);
    assert.deepEqual(packagesOf(missing, ["rocky", "rhel", "centos", "fedora"]), ["iproute", "iputils", "iperf3"]);
    assert.deepEqual(installArgv(["curl"], ["rocky", "rhel"]), ["dnf", "install", "-y", "-q", "curl"]);
    assert.deepEqual(installArgv(["curl"], ["alpine"]), ["apk", "add", "-q", "curl"]);
    assert.deepEqual(removeArgv(["curl"], ["debian"]), ["apt-get", "remove", "curl"]);
    assert.equal(installArgv(["curl"], ["plan9"]), undefined);
  });

  it("changes only what is different, only what exists, and no device but the lab's", () => {
    const current = [
      ["ipv4/ip_forward", "0"],
      ["ipv4/conf/all/rp_filter", "0"],
      ["ipv4/conf/ens3/rp_filter", "2"],
      ["ipv4/conf/ens5/rp_filter", "2"],
      ["ipv4/conf/ens5/send_redirects", "1"],
      ["ipv6/conf/ens3/accept_ra", "1"],
      ["ipv6/conf/all/forwarding", "0"],
    ] as const;
    assert.deepEqual(wantedSettings({ role: "node" }, ["ens5"], false, current), [
      ["ipv4/ip_forward", "1"],
      ["ipv4/conf/ens5/rp_filter", "0"],
    ]);
    assert.deepEqual(wantedSettings({ role: "router" }, ["ens5"], true, current), [
      ["ipv4/ip_forward", "1"],
      ["ipv4/conf/ens5/rp_filter", "0"],
      ["ipv4/conf/ens5/send_redirects", "0"],
      ["ipv6/conf/ens3/accept_ra", "2"],
      ["ipv6/conf/all/forwarding", "1"],
    ]);
    assert.match(writeSettings([["ipv4/ip_forward", "1"]]), /^put 'ipv4\/ip_forward' '1'$/m);
  });

  it("knows whether an owner lives: here by its start, elsewhere not at all", async () => {
    const owner = await ownerOf(process.pid);
    assert.equal(await ownerIsAlive(owner), true);
    assert.equal(await ownerIsAlive({ ...owner, start: "1" }), false);
    assert.equal(await ownerIsAlive({ ...owner, boot: "another" }), false);
    assert.equal(await ownerIsAlive({ ...owner, machine: "another" }), undefined);
    await assert.rejects(ownerOf(4_194_305), /no longer exists/);
  });

  it("gives namespaces on hosts names that no lab of namespaces takes for its own", async () => {
    const prefix = hostNamespacePrefix({ runId: "7f3kq", owner: await ownerOf(process.pid) });
    assert.equal(prefix, `eh7f3kq.${process.pid}-`);
    assert.equal(parseNamespace(`${prefix}a1-p1`), undefined);
  });

  it("refuses a record that it cannot read, and says where it is", () => {
    assert.equal(parseRecord("\n", "host a1"), undefined);
    assert.throws(() => parseRecord('{"version":2}', "host a1"), /cannot be read: version 2/);
    assert.throws(() => parseRecord("{", "host a1"), /cannot be read/);
  });
});
