import assert from "node:assert/strict";
import { modeOf, planOf } from "../encap/plan.fixture.ts";
import type { Capability } from "../lab/lab.ts";
import { fakeProvider } from "../provider/fake/index.ts";
import type { Provider } from "../provider/provider.ts";
import { chooseOneProvider, chooseProviders } from "./choose.ts";

describe("the choice of a provider by what a plan needs", () => {
  const providerWith = (more: Partial<Provider>, ...capabilities: readonly Capability[]): Provider => ({
    ...fakeProvider({ capabilities }),
    ...more,
  });

  const skipOf = async (topology: string, ...providers: readonly Provider[]): Promise<string> => {
    const [choice] = await chooseProviders([modeOf("vxlan-always")], await planOf(topology), providers);
    assert.ok(choice !== undefined && "skip" in choice);
    return choice.skip;
  };

  const needs = [
    ["vlan-uplinks", "no 8021q module, which VLANs of vlan-uplinks need (modprobe 8021q, or see what else"],
    ["wireguard", "no wireguard module, which encryption of wireguard needs (modprobe wireguard, or see what else"],
    ["wan", "no netem, which link loss and delay need (modprobe sch_netem, or see what else"],
    ["dual-stack", "no ipv6, which the IPv6 networks of dual-stack need (--family 4, or boot without"],
  ] as const;
  for (const [topology, reason] of needs) {
    it(`tells what ${topology} needs, what for, and the fix`, async () => {
      const skip = await skipOf(topology, providerWith({}, "vxlan"));
      assert.ok(skip.includes(`fake: its members have ${reason}`), skip);
    });
  }

  it("takes no provider that withholds what its kernel can", async () => {
    const withheld = { vlan: "its wires carry no VLAN tags" };
    const skip = await skipOf("vlan-uplinks", providerWith({ withheld }, "vxlan", "vlan"));
    assert.match(
      skip,
      /^fake: its wires carry no VLAN tags, which VLANs of vlan-uplinks need \(use another topology, or/,
    );
  });

  it("takes the first that has all, and says what the ones before it lack", async () => {
    const plan = await planOf("vlan-uplinks");
    const [bare, able] = [providerWith({ name: "bare" }, "vxlan"), providerWith({ name: "able" }, "vxlan", "vlan")];
    const found = await chooseOneProvider([modeOf("none"), modeOf("vxlan-always")], plan, [bare, able]);
    assert.ok("provider" in found);
    assert.equal(found.provider, able);
    assert.match(found.because, /^bare: .* no 8021q module/);
  });

  it("asks for nothing of labs without such keys", async () => {
    const [choice] = await chooseProviders([modeOf("none")], await planOf("two-racks"), [providerWith({})]);
    assert.equal(choice && "because" in choice && choice.because, "needs no tunnel");
  });
});
