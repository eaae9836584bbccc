import type { RuleFact } from "./node-facts.ts";

/** What a rule of `ip rule` asks for and what it does: "from 198.19.0.0/26 lookup 500"; `name` says addresses and networks otherwise. */
export function ruleWords(
  { not, from, to, iif, fwmark, others, table, suppressed, action }: RuleFact,
  name: (address: string) => string = (address) => address,
): string {
  return [
    ...(not ? ["not"] : []),
    `from ${name(from)}`,
    ...(to === undefined ? [] : [`to ${name(to)}`]),
    ...(iif === undefined ? [] : [`iif ${iif}`]),
    ...(fwmark === undefined ? [] : [`fwmark ${fwmark}`]),
    ...others,
    ...(table === undefined ? [] : [`lookup ${table}`]),
    ...(suppressed === undefined ? [] : [`suppress_prefixlength ${suppressed}`]),
    ...(action === undefined ? [] : [action]),
  ].join(" ");
}
