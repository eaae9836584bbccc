import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { LabError } from "../../core/errors.ts";
import { parseFdb } from "./parse-fdb.ts";
import { parseLinks } from "./parse-links.ts";
import { parseNeighbors } from "./parse-neighbors.ts";
import { parseRoutes, parseTables } from "./parse-routes.ts";

/**
 * testdata: a node of a kind cluster and of a QEMU lab, both with Calico v3.32.1 in CrossSubnet mode (two racks each),
 * recorded with `ip -j …` of two versions of iproute2, without `-d` for routes.
 */
const recorded = (name: string): Promise<string> => readFile(new URL(`testdata/${name}.json`, import.meta.url), "utf8");

describe("facts from ip(8) and bridge(8)", () => {
  it("reads Felix's routes: tunnel, same subnet, blackhole and pod", async () => {
    const routes = parseRoutes(await recorded("kind-cross-subnet-route-all"));
    const to = (destination: string) => routes.filter((route) => route.destination === destination);
    assert.deepEqual(to("192.168.16.128/26"), [
      {
        family: 4,
        destination: "192.168.16.128/26",
        type: "unicast",
        protocol: "boot",
        onlink: true,
        via: "192.168.16.128",
        device: "vxlan.calico",
        mtu: 1450,
      },
    ]);
    assert.deepEqual(to("192.168.180.128/26"), [
      {
        family: 4,
        destination: "192.168.180.128/26",
        type: "unicast",
        protocol: "80",
        onlink: true,
        via: "10.10.1.11",
        device: "eth1",
      },
    ]);
    assert.deepEqual(to("192.168.120.128/26"), [
      { family: 4, destination: "192.168.120.128/26", type: "blackhole", protocol: "80", onlink: false },
    ]);
    assert.deepEqual(
      to("192.168.120.129").map(({ device, protocol }) => ({ device, protocol })),
      [{ device: "cali2cd99dde6f0", protocol: "boot" }],
    );
  });

  it("leaves out other tables and tells the families apart", async () => {
    const routes = parseRoutes(await recorded("kind-cross-subnet-route-all"));
    assert.equal(
      routes.some((route) => route.type === "local" || route.type === "broadcast" || route.type === "multicast"),
      false,
    );
    assert.deepEqual(
      routes.filter((route) => route.destination === "default").map(({ family, via }) => ({ family, via })),
      [
        { family: 4, via: "172.19.0.1" },
        { family: 6, via: "fc00:f853:ccd:e793::1" },
      ],
    );
  });

  it("reads BIRD's routes through tunl0 and past it", async () => {
    const routes = parseRoutes(await recorded("vm-ipip-cross-subnet-route-all"));
    const forms = routes
      .filter((route) => route.protocol === "bird")
      .map(({ destination, type, via, device, onlink }) => [destination, type, via, device, onlink]);
    assert.deepEqual(forms, [
      ["192.168.15.128/26", "unicast", "198.18.2.12", "tunl0", true],
      ["192.168.78.192/26", "unicast", "198.18.1.12", "eth1", false],
      ["192.168.80.128/26", "unicast", "198.18.2.11", "tunl0", true],
      ["192.168.141.128/26", "blackhole", undefined, undefined, false],
    ]);
  });

  it("names protocols that ip(8) printed as numbers, and forgets the lo of IPv6 blackholes", () => {
    const json = JSON.stringify([
      { dst: "10.0.0.0/26", gateway: "10.1.0.1", dev: "eth0", protocol: "12", flags: [] },
      { type: "blackhole", dst: "fd00::/122", dev: "lo", protocol: "80", flags: [] },
    ]);
    assert.deepEqual(
      parseRoutes(json).map(({ family, protocol, device }) => [family, protocol, device]),
      [
        [4, "bird", "eth0"],
        [6, "80", undefined],
      ],
    );
  });

  it("reads VXLAN and IPIP devices", async () => {
    const vxlan = parseLinks(await recorded("kind-cross-subnet-link")).find((link) => link.device === "vxlan.calico");
    assert.deepEqual(vxlan, {
      device: "vxlan.calico",
      kind: "vxlan",
      mtu: 1450,
      up: true,
      mac: "66:da:2d:10:6b:d7",
      addresses: [],
      vxlan: {
        ...{ vni: 4096, port: 4789, local: "10.10.1.12", learning: false, parent: "eth1" },
        ...{ udpChecksum: true, ttl: 0, df: "unset", sourcePorts: [0, 0] },
      },
    });
    const made = { id: 9, group: "239.1.1.1", link: "eth0", gbp: true, l2miss: true, proxy: false };
    const info = { info_kind: "vxlan", info_data: made };
    const [asked] = parseLinks(JSON.stringify([{ ifname: "vxlan9", linkinfo: info }]));
    assert.deepEqual(asked?.vxlan?.options, ["gbp", "l2miss", "group 239.1.1.1"]);
    const ipip = parseLinks(await recorded("vm-ipip-cross-subnet-link")).find((link) => link.device === "tunl0");
    assert.deepEqual([ipip?.kind, ipip?.mtu, ipip?.up, ipip?.vxlan], ["ipip", 1480, true, undefined]);
  });

  it("reads addresses with their prefix", async () => {
    const links = parseLinks(await recorded("kind-cross-subnet-addr"));
    const of = (device: string) => links.find((link) => link.device === device)?.addresses;
    assert.deepEqual(of("vxlan.calico"), ["192.168.120.128/32"]);
    assert.deepEqual(of("eth1"), ["10.10.1.12/24"]);
  });

  it("reads permanent neighbors and FDB entries, and takes the device of a listing from its caller", async () => {
    const neighbors = parseNeighbors(await recorded("kind-cross-subnet-neigh"));
    assert.deepEqual(
      neighbors.find((entry) => entry.address === "192.168.73.192"),
      { address: "192.168.73.192", mac: "66:e7:0a:78:29:4f", device: "vxlan.calico", state: "PERMANENT" },
    );
    const fdb = parseFdb(await recorded("kind-cross-subnet-fdb"), "vxlan.calico");
    assert.equal(fdb.length, 3);
    assert.deepEqual(fdb[0], { mac: "66:e7:0a:78:29:4f", destination: "10.10.2.12", device: "vxlan.calico" });
    const apart =
      '[{"mac":"66:00:00:00:00:01","ifname":"vxlan.calico","dst":"10.0.0.2","vni":77,"port":4790,"viaIf":"lo","flags":["self"],"state":"permanent"}]';
    assert.equal(parseFdb(apart)[0]?.otherwise, "vni 77 port 4790 via lo");
  });

  it("reads what table local says that the kernel did not put there, and what the machine takes for its own", () => {
    const route = { type: "local", dev: "lo", table: "local", protocol: "kernel", scope: "host", flags: [] };
    const { localTable: listed } = parseTables(
      JSON.stringify([
        { ...route, dst: "10.0.0.1" },
        { ...route, dst: "10.0.0.255", type: "broadcast" },
        { ...route, dst: "10.5.0.0/16", protocol: "boot" },
        { ...route, dst: "10.6.0.1", type: "broadcast", protocol: "boot" },
        { ...route, dst: "10.7.0.1", table: "main" },
      ]),
      4,
    );
    assert.deepEqual(
      listed.map(({ destination, type, protocol }) => `${type} ${destination} ${protocol}`),
      ["local 10.0.0.1 kernel", "local 10.5.0.0/16 boot", "broadcast 10.6.0.1 boot"],
    );
  });

  it("reads what a route does to packets beside leading them, and not its tunnel's end for its destination", () => {
    const listed =
      '[{"dst":"10.9.12.0/24","encap":"ip","id":5,"src":"0.0.0.0","dst":"1.1.1.1","ttl":0,"tos":0,"dev":"v0","flags":[]},' +
      '{"dst":"10.9.0.0/24","gateway":"10.0.0.5","dev":"v0","flags":[],"metrics":[{"hoplimit":3,"mtu":900,"advmss":500,"initcwnd":1}]}]';
    assert.deepEqual(
      parseRoutes(listed, 4).map(({ destination, more, mtu }) => [destination, more, mtu]),
      [
        ["10.9.12.0/24", ["encap ip"], undefined],
        ["10.9.0.0/24", ["hoplimit 3", "advmss 500"], 900],
      ],
    );
  });

  it("takes silence for an empty list and garbage for an error with its text", () => {
    assert.deepEqual(parseRoutes(""), []);
    assert.deepEqual(parseLinks("[{}]"), []);
    assert.throws(() => parseFdb("RTNETLINK answers: Operation not permitted"), LabError);
    assert.throws(() => parseNeighbors('{"dst":"1.2.3.4"}'), LabError);
  });

  it("reads what else a device is: without ARP, part of a bridge, seen by an XDP program", () => {
    const base = { ifname: "eth0", flags: ["UP", "NOARP"], mtu: 1500, address: "02:00:00:00:00:01", addr_info: [] };
    const [link] = parseLinks(
      JSON.stringify([{ ...base, master: "br0", xdp: { mode: 2, prog: { id: 7, name: "xdrop" } } }]),
    );
    assert.deepEqual([link?.noArp, link?.master, link?.xdp], [true, "br0", "xdrop"]);
    const [other] = parseLinks(JSON.stringify([{ ...base, flags: ["UP"], xdp: { mode: 2, prog: { id: 7 } } }]));
    assert.deepEqual([other?.noArp, other?.master, other?.xdp], [undefined, undefined, "program 7"]);
  });

  it("reads how long ago a neighbor was asked for in vain", () => {
    const entry = '[{"dst":"10.0.0.2","dev":"v0","used":3,"confirmed":63,"updated":5,"probes":6,"state":["FAILED"]}]';
    assert.deepEqual(parseNeighbors(entry), [{ address: "10.0.0.2", mac: "", device: "v0", state: "FAILED", age: 5 }]);
  });
});
