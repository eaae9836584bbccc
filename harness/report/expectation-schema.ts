import { z } from "zod";
import { forms, hopRoles } from "../encap/expectation.ts";
import { localities, traffics } from "../encap/path.ts";
import { modeIds } from "../encap/mode.ts";

/** The five mode ids. */
export const modeIdSchema = z.enum(modeIds);

const text = z.string();
const count = z.int().nonnegative();
const form = z.enum(forms);
const tapSchema = z.strictObject({ node: text, device: text }).readonly();
const endpointSchema = z.strictObject({ node: text, pod: text.exactOptional() }).readonly();

const pathSchema = z
  .strictObject({
    id: text.min(1),
    mode: modeIdSchema,
    traffic: z.enum(traffics),
    locality: z.enum(localities),
    family: z.union([z.literal(4), z.literal(6)]),
    source: endpointSchema,
    target: endpointSchema,
    targetName: text.exactOptional(),
    service: text.exactOptional(),
    backends: count.exactOptional(),
    nodePort: z.strictObject({ port: count, node: text }).readonly().exactOptional(),
    client: text.exactOptional(),
  })
  .readonly();

const hopSchema = z
  .strictObject({
    tap: tapSchema,
    role: z.enum(hopRoles),
    form,
  })
  .readonly();

const outerSchema = z
  .strictObject({
    source: text,
    destination: text,
    vxlan: z
      .strictObject({ vni: count, port: count, innerSourceMac: text, innerDestinationMac: text })
      .readonly()
      .exactOptional(),
    wireguard: z.strictObject({ port: count }).readonly().exactOptional(),
  })
  .readonly();

const linkSchema = z
  .strictObject({
    loss: z.number().exactOptional(),
    delayMs: z.number().exactOptional(),
    rateKbit: z.number().exactOptional(),
  })
  .readonly();

const directionSchema = z
  .strictObject({
    hops: z.array(hopSchema).readonly(),
    underlay: z.enum([...forms, "none"]),
    outer: outerSchema.exactOptional(),
    sources: z.array(text).readonly(),
    destination: text,
    equalWays: z
      .strictObject({ from: tapSchema, ways: z.array(z.array(tapSchema).readonly()).readonly() })
      .readonly()
      .exactOptional(),
    dies: z.strictObject({ node: text, because: text }).readonly().exactOptional(),
    unseenRouters: z.literal(true).exactOptional(),
    narrow: z.strictObject({ mtu: count, from: tapSchema }).readonly().exactOptional(),
    link: linkSchema.exactOptional(),
  })
  .readonly();

/** A PathExpectation inside run.json. */
export const expectationSchema = z
  .strictObject({
    path: pathSchema,
    skip: text.exactOptional(),
    forward: directionSchema,
    reverse: directionSchema.exactOptional(),
    serverSees: z.array(text).readonly(),
    dials: text,
    overhead: count,
    podMtu: count,
    pathMtu: count.exactOptional(),
    mtus: z.array(count).readonly().exactOptional(),
    fragments: z.array(tapSchema).readonly().exactOptional(),
    silent: z.array(tapSchema).readonly(),
  })
  .readonly();
