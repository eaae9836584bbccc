/** What a link does to the packets that its node sends; what is missing it leaves alone. */
export interface LinkShape {
  /** Share of packets that are lost: 0.01 is one in a hundred. */
  readonly loss?: number;
  readonly delayMs?: number;
  readonly rateKbit?: number;
}

/** The words of a file: `1%`, `20ms`, `100mbit`, as tc(8) writes them. */
export interface LinkWords {
  readonly loss?: string | undefined;
  readonly delay?: string | undefined;
  readonly rate?: string | undefined;
}

const milliseconds: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000 };
const kilobits: Readonly<Record<string, number>> = { kbit: 1, mbit: 1000, gbit: 1_000_000 };

/** `1%` is 0.01; undefined for what is not a percentage. */
export function parseLoss(text: string): number | undefined {
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(text)?.[1];
  return percent === undefined ? undefined : Number(percent) / 100;
}

/** `20ms`, `0.5s`, `300us` in milliseconds; undefined for what is not a time. */
export function parseDelay(text: string): number | undefined {
  return withUnit(text, milliseconds);
}

/** `100mbit`, `1gbit`, `512kbit` in kbit/s; undefined for what is not a rate. */
export function parseRate(text: string): number | undefined {
  return withUnit(text, kilobits);
}

function withUnit(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)([a-z]+)$/.exec(text) ?? [];
  const factor = units[unit];
  // Rounded, because 0.3 × 1000 is not 300 in binary.
  return number === undefined || factor === undefined ? undefined : Math.round(Number(number) * factor * 1e6) / 1e6;
}

/** The shape of a node's link: its own words before those of its subnet; undefined where the link is left alone. */
export function linkShape(own: LinkWords, subnet: LinkWords): LinkShape | undefined {
  const [loss, delayMs, rateKbit] = [
    parseLoss(own.loss ?? subnet.loss ?? ""),
    parseDelay(own.delay ?? subnet.delay ?? ""),
    parseRate(own.rate ?? subnet.rate ?? ""),
  ];
  const shape: LinkShape = {
    // Zero is how a node says that its subnet's words are not for it.
    ...(loss ? { loss } : {}),
    ...(delayMs ? { delayMs } : {}),
    ...(rateKbit ? { rateKbit } : {}),
  };
  return Object.keys(shape).length === 0 ? undefined : shape;
}

/** In words for people: `loss 1%, delay 20ms, rate 100mbit`. */
export function linkWords({ loss, delayMs, rateKbit }: LinkShape): string {
  return [
    ...(loss === undefined ? [] : [`loss ${percent(loss)}`]),
    ...(delayMs === undefined ? [] : [`delay ${delayMs}ms`]),
    ...(rateKbit === undefined ? [] : [`rate ${rateKbit % 1000 === 0 ? `${rateKbit / 1000}mbit` : `${rateKbit}kbit`}`]),
  ].join(", ");
}

/**
 * Arguments of `tc qdisc add dev DEV root`. netem alone loses and delays, and can pace too; for a rate alone tbf is enough, which
 * kernels without netem have. Queues hold what a second brings: what is lost is what shall be lost.
 */
export function qdiscWords({ loss, delayMs, rateKbit }: LinkShape): string {
  if (loss === undefined && delayMs === undefined) return `tbf rate ${rateKbit ?? 0}kbit burst 64kb latency 1s`;
  return [
    "netem limit 10000",
    ...(delayMs === undefined ? [] : [`delay ${delayMs}ms`]),
    ...(loss === undefined ? [] : [`loss ${percent(loss)}`]),
    ...(rateKbit === undefined ? [] : [`rate ${rateKbit}kbit`]),
  ].join(" ");
}

/** What the kernel needs for a shape. */
export function qdiscOf({ loss, delayMs }: LinkShape): "netem" | "tbf" {
  return loss === undefined && delayMs === undefined ? "tbf" : "netem";
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(4))}%`;
}
