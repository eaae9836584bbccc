import assert from "node:assert/strict";
import { UsageError } from "../core/errors.ts";
import { bundleFiles, differences, judged } from "./bundle.fixture.ts";
import { pairForms } from "./pair-forms.ts";
import { renderBundle, withoutRoutes } from "./render-bundle.ts";

/** Changes one file of a bundle. */
function changed(
  files: ReadonlyMap<string, string>,
  path: string,
  change: (text: string) => string,
): ReadonlyMap<string, string> {
  const text = files.get(path);
  assert.ok(text !== undefined, path);
  const after = change(text);
  assert.notEqual(after, text, "the change changes something");
  return new Map([...files, [path, after]]);
}

/** What `ip -d link` adds to what `ip link` prints of Calico's VXLAN device. */
function detailed(text: string, node: string): string {
  const own = { a1: "198.18.1.11", a2: "198.18.1.12", b1: "198.18.2.11", b2: "198.18.2.12" }[node] ?? "";
  const made = `vxlan id 4096 local ${own} dev eth0 srcport 0 0 dstport 4789 nolearning ttl auto udpcsum`;
  return text
    .replaceAll(/(link\/\w+ .*)$/gm, "$1 promiscuity 0 minmtu 68 maxmtu 65535")
    .replace(/(vxlan\.calico:.*\n.*)$/m, `$1\n    ${made}`);
}

const pools = "cluster/crd/ippools.crd.projectcalico.org.yaml";
const nodes = "cluster/kubernetes/nodes.yaml";

describe("the judgment of a bundle", () => {
  it("finds no offender in what a sound Calico has programmed, and says what each pair must look like", async () => {
    const judgment = judged(await bundleFiles());
    assert.deepEqual(differences(judgment), []);
    const forms = pairForms(judgment);
    assert.deepEqual([forms.get("a1 a2"), forms.get("a1 b1"), forms.get("a1 a1")], ["plain ✔", "VXLAN ✔", "local"]);
    assert.match(renderBundle(judgment), /not compared: FDB: not in the bundle \(every node\)[^]*PASS/);
  });

  it("names a node that is registered with a /32 and one that lacks a route, each with its cause", async () => {
    const judgment = judged(await bundleFiles("planted"));
    const found = differences(judgment);
    assert.equal(found.length, 3);
    assert.match(found[0] ?? "", /^a1: Calico has registered 198\.18\.1\.11\/32, not 198\.18\.1\.11\/24$/);
    assert.match(found[1] ?? "", /^a1: route 198\.19\.78\.192\/26 .*dev vxlan\.calico.*block of a2/);
    assert.match(found[2] ?? "", /^b1: no route 198\.19\.30\.128\/26 .*block of a1/);
    assert.deepEqual(
      judgment.causes.map(({ name }) => name),
      ["registered-prefix", "wrong-route"],
    );
    assert.match(judgment.causes[0]?.sentence ?? "", /^a1 is registered as 198\.18\.1\.11\/32, .* a2 /);
  });

  it("judges what a folder without `ip addr` tells: VNI by `ip -d link`, the uplink's prefix by the kernel's own routes", async () => {
    const files = new Map(await bundleFiles("planted"));
    for (const node of ["a1", "a2", "b1", "b2"]) {
      files.set(`nodes/${node}/ip-d-link.txt`, detailed(files.get(`nodes/${node}/ip-link.txt`) ?? "", node));
      files.delete(`nodes/${node}/ip-addr.txt`);
      files.delete(`nodes/${node}/ip-link.txt`);
    }
    const found = differences(judged(changed(files, "nodes/b2/ip-d-link.txt", (text) => text.replace("4096", "4097"))));
    assert.equal(found.length, 4);
    assert.equal(found[0], "a1: Calico has registered 198.18.1.11/32, not 198.18.1.11/24");
    assert.equal(found[3], "b2: vxlan.calico has VNI 4097, not 4096");
  });

  it("judges routes by the kernel's own, where a folder holds nothing of devices at all", async () => {
    const files = new Map([...(await bundleFiles("planted"))].filter(([path]) => !/ip-(addr|link)/.test(path)));
    const found = differences(judged(files));
    assert.equal(found.length, 3);
    assert.equal(found[0], "a1: Calico has registered 198.18.1.11/32, not 198.18.1.11/24");
  });

  it("names a blackhole for a block that no node has, and one for another node's block", async () => {
    const files = await bundleFiles();
    const stray = (text: string): string => `${text}\nblackhole 198.19.99.0/26 proto 80\n`;
    assert.deepEqual(differences(judged(changed(files, "nodes/a2/ip-route.txt", stray))), [
      "a2: unexpected route blackhole 198.19.99.0/26 proto 80: IPAM has given this block to no node",
    ]);
    const stale = (text: string): string =>
      text.replace(/^198\.19\.80\.128\/26 via .*$/m, "blackhole 198.19.80.128/26 proto 80");
    const { causes } = judged(changed(files, "nodes/a1/ip-route.txt", stale));
    assert.match(causes[0]?.sentence ?? "", /^a1: its route to b1 is a blackhole, where packets to b1's pods end /);
  });

  it("does not call a node fine whose routes are missing from its files", async () => {
    const files = new Map(await bundleFiles());
    files.delete("nodes/b1/ip-route.txt");
    const judgment = judged(files);
    assert.deepEqual(withoutRoutes(judgment), ["b1"]);
    assert.match(renderBundle(judgment), /INCONCLUSIVE {2}no offender, but the routes of b1 are not in the bundle/);
  });

  it("takes each block's form from its own pool", async () => {
    const files = await bundleFiles();
    const split = (text: string): string => {
      const pool = text.slice(text.indexOf("- apiVersion"), text.indexOf("kind: List"));
      const first = pool.replace("cidr: 198.19.0.0/17", "cidr: 198.19.0.0/18");
      const second = pool
        .replace("cidr: 198.19.0.0/17", "cidr: 198.19.64.0/18")
        .replace("vxlanMode: CrossSubnet", "vxlanMode: Always")
        .replace("name: default-ipv4-ippool", "name: second");
      return text.replace(pool, first + second);
    };
    // a2's block is 198.19.78.192/26, b1's 198.19.80.128/26: both are now to be tunneled to by everyone.
    const judgment = judged(changed(files, pools, split));
    const forms = pairForms(judgment);
    assert.deepEqual([forms.get("a1 a2"), forms.get("a2 a1")], ["VXLAN ✘", "plain ✔"]);
    assert.deepEqual(
      differences(judgment).map((text) => text.slice(0, 28)),
      ["a1: route 198.19.78.192/26 v", "b2: route 198.19.80.128/26 v"],
    );
  });

  it("names a device with a wrong MTU, a neighbor that is no VTEP, and a rule before main", async () => {
    let files: ReadonlyMap<string, string> = await bundleFiles();
    files = changed(files, "nodes/a1/ip-addr.txt", (text) => text.replace(/(vxlan\.calico:.*mtu )1450/, "$11400"));
    files = changed(files, "nodes/a2/ip-neigh.txt", (text) => text.replace(/^.*66:7e:83.*\n/m, ""));
    files = changed(files, "nodes/b1/ip-rule.txt", (text) => `${text}100:\tfrom 198.19.0.0/17 lookup 100\n`);
    files = changed(files, "nodes/b1/ip-route.txt", (text) => `${text}default via 198.18.2.9 dev eth0 table 100\n`);
    const found = differences(judged(files)).join("\n");
    assert.match(found, /a1: vxlan\.calico has MTU 1400, not 1450/);
    assert.match(found, /a2: no neighbor 198\.19\.80\.128 lladdr 66:7e:83/);
    assert.match(found, /b1: rule 100: from 198\.19\.0\.0\/17 lookup 100/);
  });

  it("judges devices and FDB too where the bundle was made with details", async () => {
    const files = new Map(await bundleFiles());
    const link = [
      "4: vxlan.calico: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UNKNOWN",
      "    link/ether 66:f2:9b:c9:1b:bd brd ff:ff:ff:ff:ff:ff promiscuity 0  allmulti 0 minmtu 68 maxmtu 65535",
      "    vxlan id 42 local 198.18.1.11 dev eth0 srcport 0 0 dstport 4789 nolearning ttl auto ageing 300 udpcsum",
    ];
    files.set("nodes/a1/ip-d-link.txt", link.join("\n"));
    files.set("nodes/a1/bridge-fdb.txt", "66:b9:f8:5d:aa:6f dev vxlan.calico dst 198.18.1.99 self permanent\n");
    const found = differences(judged(files)).join("\n");
    assert.match(found, /a1: vxlan\.calico has VNI 42, not 4096/);
    assert.match(found, /a1: FDB entry 66:b9:f8:5d:aa:6f leads to 198\.18\.1\.99, not 198\.18\.1\.12/);
  });

  it("goes by FelixConfiguration's VNI, port and MTU", async () => {
    const path = "cluster/crd/felixconfigurations.crd.projectcalico.org.yaml";
    const files = changed(await bundleFiles(), path, (text) =>
      text.replace("  spec:\n", "  spec:\n    vxlanMTU: 1400\n"),
    );
    assert.match(differences(judged(files)).join("\n"), /a1: vxlan\.calico has MTU 1450, not 1400/);
  });

  it("says which nodes it has nothing of, and never takes what is missing for absent", async () => {
    const files = new Map([...(await bundleFiles())].filter(([path]) => !path.startsWith("nodes/b2/")));
    files.delete("nodes/a2/ip-neigh.txt");
    files.set("nodes/b1/ip-route.txt", "error: unable to upgrade connection: container not found\n");
    const judgment = judged(files);
    assert.deepEqual(differences(judgment), []);
    assert.match(judgment.notes.join("\n"), /not in the bundle, so not judged: b2/);
    const text = renderBundle(judgment);
    assert.match(text, /not compared: neighbors: not in the bundle \(a2\)/);
    assert.match(text, /not compared: routes: nothing in its file is `ip route` output \(b1\)/);
  });

  it("asks for nodes and pools where there are none", async () => {
    const files = new Map(await bundleFiles());
    files.delete(pools);
    assert.throws(
      () => judged(files),
      (error) => error instanceof UsageError && error.message.includes("no IPPool object"),
    );
  });

  it("passes over objects that make no sense, and prints nothing of them but where", async () => {
    const files = changed(await bundleFiles(), nodes, (text) =>
      text.replace("198.18.1.11/24", '"\\e[31mtoken hunter2\\e[0m"').replace("name: a2\n", "name: ../../etc\n"),
    );
    const text = renderBundle(judged(files));
    assert.doesNotMatch(text, /hunter2|\u001b/);
    assert.match(text, /not understood: Node/);
  });
});
