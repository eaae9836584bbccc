import type { Scope } from "../core/scope.ts";
import { runScript } from "../exec/script.ts";
import type { Actor } from "./cast.ts";

/**
 * Replaces an actor's main-table routes to a network by one given as ip(8) arguments (`via X dev Y …`), or by none.
 * The undo puts back what `ip route show` had printed, which ip(8) takes as arguments again.
 */
export async function replaceRoute(
  actor: Actor,
  destination: string,
  route: string | undefined,
  scope: Scope,
): Promise<string> {
  const ip = destination.includes(":") ? "ip -6" : "ip";
  const { stdout } = await actor.executor.run([...ip.split(" "), "route", "show", "exact", destination]);
  const before = stdout.split("\n").filter((line) => line.trim() !== "");
  scope.defer(`put back the route of ${actor.name} to ${destination}`, async () => {
    const lines = [`${ip} route flush exact ${destination}`, ...before.map((line) => `${ip} route add ${line}`)];
    await runScript(actor.executor, lines.join("\n"));
  });
  const commands = before.map(() => `${ip} route del ${destination}`);
  if (route !== undefined) commands.push(`${ip} route add ${destination} ${route}`);
  await runScript(actor.executor, commands.join("\n"));
  return `${actor.name}: ${commands.join("; ")}`;
}
