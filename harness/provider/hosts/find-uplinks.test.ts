import assert from "node:assert/strict";
import { loadTopology } from "../../topology/load.ts";
import { planTopology } from "../../topology/make-plan.ts";
import type { Plan } from "../../topology/plan.ts";
import { withRealDevices } from "../../lab/with-real-devices.ts";
import { findUplinks, type Uplinks } from "./find-uplinks.ts";
import type { InventoryHost } from "./inventory.ts";
import { parseDevices, type HostDevice } from "./survey.ts";

describe("uplinks of existing machines", () => {
  let plan: Plan;
  before(async () => {
    plan = planTopology(await loadTopology("two-racks"));
  });

  const device = (name: string, address: string, change: Partial<HostDevice> = {}): HostDevice => {
    return { name, mtu: 1500, mac: "52:54:00:00:00:01", isUp: true, addresses: [address], ...change };
  };
  const management = device("ens3", "10.0.2.15/24");
  const find = (devices: readonly HostDevice[], change: Partial<InventoryHost> = {}): Uplinks => {
    const [a1] = plan.nodes;
    assert.ok(a1 !== undefined);
    const host = { name: "a1", address: "10.0.2.15", port: 22, user: "root", ...change };
    return findUplinks(plan, { name: "a1", role: "node", ports: [a1.uplink], host }, { devices });
  };
  const whats = ({ problems }: Uplinks): readonly string[] => problems.map(({ what }) => what);

  it("are found by the topology's address, whatever they are called", () => {
    const { devices, problems } = find([management, device("ens5", "198.18.1.11/24")]);
    assert.deepEqual(problems, []);
    assert.deepEqual(
      devices.map(({ name }) => name),
      ["ens5"],
    );
  });

  it("must have the address, the prefix and the MTU, and be up", () => {
    assert.deepEqual(whats(find([management])), ["a1 has no device with the address 198.18.1.11/24"]);
    assert.deepEqual(whats(find([management], { uplink: "ens9" })), ["a1 has no device ens9"]);
    assert.deepEqual(whats(find([management], { uplink: "ens3" })), [
      "ens3 of a1 has no address of that network where the topology says 198.18.1.11/24",
    ]);
    const { problems } = find([device("ens5", "198.18.1.11/16", { mtu: 1450, isUp: false })]);
    assert.deepEqual(problems, [
      {
        what: "ens5 of a1 has 198.18.1.11/16 where the topology says 198.18.1.11/24",
        fix: "correct the address or the prefix, on a1 or in the topology",
      },
      {
        what: "ens5 of a1 has an MTU of 1450 bytes, and subnet rack-a one of 1500",
        fix: "put `mtu: 1450` under subnets.rack-a in the topology, or change the host's",
      },
      { what: "ens5 of a1 is down", fix: "on a1: ip link set ens5 up" },
    ]);
  });

  it("put their names into the plan, in ports and routes, and leave one alone that has them already", () => {
    assert.equal(
      withRealDevices(plan, () => []),
      plan,
    );
    const names: Readonly<Record<string, readonly string[]>> = { a1: ["ens5"], tor: ["eth1", "eth0"] };
    const real = withRealDevices(plan, (member) => (names[member] ?? []).map((name) => ({ name, mac: "m" })));
    const [a1, a2] = real.nodes;
    assert.equal(a1?.uplink.device, "ens5");
    assert.deepEqual(
      a1.routes.map((route) => route.device),
      a1.routes.map(() => "ens5"),
    );
    assert.deepEqual(a2, plan.nodes[1]);
    assert.deepEqual(
      real.routers[0]?.ports.map((port) => `${port.segment} ${port.device}`),
      ["rack-a eth1", "rack-b eth0"],
    );
    assert.equal(real.digest, plan.digest);
  });

  it("are read from ip(8), without addresses too", () => {
    const json = JSON.stringify([
      { ifname: "lo", mtu: 65536, flags: ["LOOPBACK", "UP"], addr_info: [{ local: "127.0.0.1", prefixlen: 8 }] },
      { ifname: "ens5", mtu: 1500, address: "52:54:00:00:00:01", flags: [] },
    ]);
    assert.deepEqual(parseDevices(json), [
      { name: "lo", mtu: 65536, mac: "", isUp: true, addresses: ["127.0.0.1/8"] },
      { name: "ens5", mtu: 1500, mac: "52:54:00:00:00:01", isUp: false, addresses: [] },
    ]);
    assert.deepEqual(parseDevices(""), []);
  });
});
