import { Scope } from "../core/scope.ts";
import { runScript } from "../exec/script.ts";
import { modes } from "../encap/mode.ts";
import { defineFault } from "./fault.ts";
import { sharingRouters, withoutSharing } from "./sharing-routers.ts";

/** Routers choose among equal next hops by addresses alone, so that one of the ways gets all that two nodes send, and nobody knows of the others. */
export const ecmpByAddresses = defineFault({
  name: "ecmp-by-addresses",
  title: "routers choose among equal next hops by addresses alone, and one way gets all that two nodes send",
  describes: "no known report: fib_multipath_hash_policy 0, the kernel's default",
  modes: modes.flatMap(({ id, encapsulation }) => (encapsulation === "vxlan" ? [id] : [])),
  needs: ["cross-subnet"],
  topology: "ecmp-spines",
  unmet: withoutSharing,
  apply: async ({ lab }, plan, scope = new Scope()) => {
    const names = sharingRouters(plan);
    const places = lab.routers.filter(({ name }) => names.includes(name));
    const policy = (value: number): string =>
      plan.families.map((family) => `sysctl -qw net.ipv${family}.fib_multipath_hash_policy=${value}`).join("; ");
    const did = places.map(async ({ name, executor }) => {
      scope.defer(`let ${name} choose by ports again`, async () => {
        await runScript(executor, policy(1));
      });
      await runScript(executor, policy(0));
      return `${name}: ${policy(0)}`;
    });
    return { did: await Promise.all(did) };
  },
  cause: "none",
  trips: [{ check: "equal-ways", status: "inconclusive", path: "*/pod-to-pod/cross-subnet/*" }],
});
