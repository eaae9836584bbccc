import { z } from "zod";
import { parseDelay, parseLoss, parseRate } from "./link-shape.ts";

/** Above that a TCP connection may fail by bad luck alone, and no verdict would mean anything. */
const mostLoss = 0.05;

/** Milliseconds; twice that must come back within the second for which probes wait. */
const mostDelayMs = 250;

/** kbit/s; with less, a run's own probes fill the queue. */
const leastRateKbit = 10_000;

const words = (parse: (text: string) => number | undefined, fits: (value: number) => boolean, error: string) =>
  z
    .string()
    .refine((text) => fits(parse(text) ?? Number.NaN), { error })
    .optional();

/** What the keys of a link may say in a topology file: what it does to each packet that somebody sends. */
export const linkKeys = (whose: string) => ({
  loss: words(parseLoss, (share) => share <= mostLoss, "not a share of at most 5%; write it like 1%").describe(
    `Share of the packets sent by ${whose} that its link loses, for example 1%, at most 5%; needs netem`,
  ),
  delay: words(parseDelay, (ms) => ms <= mostDelayMs, "not a time of at most 250ms; write it like 20ms").describe(
    `How long the link holds back each packet sent by ${whose}, for example 20ms, at most 250ms; needs netem`,
  ),
  rate: words(
    parseRate,
    (kbit) => kbit === 0 || kbit >= leastRateKbit,
    "not a rate of at least 10mbit; write it like 100mbit",
  ).describe(`Bandwidth of what is sent by ${whose}, for example 100mbit, at least 10mbit`),
});
