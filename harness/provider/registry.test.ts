import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { UsageError } from "../core/errors.ts";
import { askedProviders, providerOffers, searchedProviders } from "./registry.ts";

const names = (offers: readonly { readonly name: string }[]): readonly string[] => offers.map(({ name }) => name);

describe("registry of providers", () => {
  it("has every folder, but for the fake that only tests use", async () => {
    const entries = await readdir(import.meta.dirname, { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory() && entry.name !== "fake").map(({ name }) => name);
    assert.deepEqual([...names(providerOffers)].sort(), folders.sort());
  });

  for (const { name, flags, meantBy = [], reachedBy = [], needs } of providerOffers) {
    it(`${name} speaks of no flags but its own`, () => {
      const spoken = [...meantBy, ...reachedBy, ...(needs === undefined ? [] : [needs.flag])];
      assert.deepEqual(
        spoken.filter((flag) => !Object.hasOwn(flags, flag)),
        [],
      );
    });
  }

  it("declares a flag of several owners once", () => {
    const seen = new Map<string, unknown>();
    for (const [key, flag] of providerOffers.flatMap(({ flags }) => Object.entries(flags))) {
      assert.equal(seen.get(key) ?? flag, flag, key);
      seen.set(key, flag);
    }
  });

  it("tries namespaces, containers and machines where nobody names a provider, and no cluster", () => {
    assert.deepEqual(names(askedProviders("auto", {})), ["netns", "docker", "vm"]);
  });

  it("takes the one that a flag means, and the named one above all", () => {
    assert.deepEqual(names(askedProviders("auto", { kernel: ["6.1"] })), ["vm"]);
    assert.deepEqual(names(askedProviders("auto", { inventory: "hosts.yaml" })), ["hosts"]);
    assert.deepEqual(names(askedProviders("auto", { kubeconfig: "admin.conf" })), ["cluster"]);
    assert.deepEqual(names(askedProviders("kind", { kubeconfig: "admin.conf" })), ["kind"]);
    assert.throws(() => askedProviders("bogus", {}), UsageError);
  });

  it("looks for labs wherever no flag is wanting", () => {
    const found = names(searchedProviders("auto", {}));
    assert.deepEqual(
      ["netns", "kind", "hosts", "cluster"].map((name) => found.includes(name)),
      [true, true, false, false],
    );
    const withHosts = names(searchedProviders("auto", { inventory: "x" }));
    assert.deepEqual(
      withHosts,
      names(providerOffers).filter((name) => found.includes(name) || name === "hosts"),
    );
    assert.deepEqual(names(searchedProviders("cluster", {})), ["cluster"]);
  });
});
