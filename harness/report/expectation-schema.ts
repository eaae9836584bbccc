import { z } from "zod";

/** The five mode ids. */
export const modeIdSchema = z.enum(["none", "ipip-always", "ipip-cross-subnet", "vxlan-always", "vxlan-cross-subnet"]);

const text = z.string();
const count = z.int().nonnegative();
const form = z.enum(["plain", "ipip", "vxlan"]);
const tapSchema = z.strictObject({ node: text, device: text }).readonly();
const endpointSchema = z.strictObject({ node: text, pod: text.exactOptional() }).readonly();

const pathSchema = z
  .strictObject({
    id: text.min(1),
    mode: modeIdSchema,
    traffic: z.enum(["pod-to-pod", "pod-to-clusterip", "host-to-pod", "host-to-clusterip", "pod-to-host"]),
    locality: z.enum(["same-node", "same-subnet", "cross-subnet"]),
    family: z.union([z.literal(4), z.literal(6)]),
    source: endpointSchema,
    target: endpointSchema,
    service: text.exactOptional(),
  })
  .readonly();

const hopSchema = z
  .strictObject({
    tap: tapSchema,
    role: z.enum(["source-pod", "source-uplink", "router-in", "router-out", "target-uplink", "target-pod"]),
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
    underlay: z.enum(["plain", "ipip", "vxlan", "none"]),
    outer: outerSchema.exactOptional(),
    sources: z.array(text).readonly(),
    destination: text,
    dies: z.strictObject({ node: text, because: text }).readonly().exactOptional(),
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
    fragments: z.array(tapSchema).readonly().exactOptional(),
    silent: z.array(tapSchema).readonly(),
  })
  .readonly();
