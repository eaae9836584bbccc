import { file, pick, program, text, type AllGiven } from "../../core/flags.ts";
import { LabError, UsageError } from "../../core/errors.ts";
import { fabricTools } from "../fabric/fabric-tools.ts";
import type { DataplaneOffer } from "../offer.ts";
import { nothingGiven, waysToGetCalico, type CalicoSource } from "./calico-source.ts";
import { locateCalico } from "./locate.ts";
import { calicoPayload } from "./payload.ts";
import { calicoDataplane } from "./standalone-dataplane.ts";

const flags = {
  calicoBin: file("dir", "real Calico: a folder with calico-node, the CNI plugin calico, and bird"),
  calicoArchive: file("file", "real Calico: a node image saved by docker save, or an OCI archive"),
  calicoImage: text(
    "ref",
    "real Calico: images to pull with skopeo, comma separated; …/node:TAG alone also pulls …/cni:TAG",
  ),
  etcd: program("etcd program for real Calico without Kubernetes (default: etcd on the PATH)"),
};

/** Where the label of a lab says which unpacked Calico it runs; no flag of anybody's. */
const unpackedKey = "calicoRoot";

/** Real Calico on nodes without Kubernetes: it comes from a folder, an archive or a registry. */
export const standaloneOffer: DataplaneOffer = {
  name: "calico",
  group: "calico",
  flags,
  reachedBy: Object.keys(flags),
  taken: (given) => sourceOf(given) !== undefined,
  passedOver: "no Calico was given: --calico-archive FILE or --calico-bin DIR runs the real one",
  make: (given, { cache, logs }) => {
    const source = sourceOf(given);
    if (source === undefined) throw new LabError(nothingGiven, { fix: `give one: ${waysToGetCalico}` });
    const { etcd } = pick(flags, given);
    return calicoDataplane({
      cache,
      source,
      ...(etcd === undefined ? {} : { etcd }),
      ...(logs === undefined ? {} : { logs }),
    });
  },
  tools: (given, plan) => {
    const { etcd, calicoImage } = pick(flags, given);
    return [
      ...(etcd === undefined ? ["etcd"] : []),
      ...["iptables", "ipset", "conntrack"],
      ...(calicoImage === undefined ? [] : ["skopeo"]),
      ...fabricTools(plan),
    ];
  },
  remember: async (given, cache) => {
    const located = await locateCalico(sourceOf(given), cache);
    const { etcd, calicoBin } = pick(flags, given);
    const root = "problem" in located ? undefined : located.files.root;
    return {
      ...(etcd === undefined ? {} : { etcd }),
      ...(calicoBin === undefined ? {} : { calicoBin }),
      ...(root === undefined ? {} : { [unpackedKey]: root }),
    };
  },
  payload: async (given, cache) => calicoPayload(sourceOf(given), cache),
};

/** Where the flags say that Calico comes from; undefined = nothing given, and more than one is a UsageError. */
function sourceOf(given: AllGiven): CalicoSource | undefined {
  const { calicoBin, calicoArchive, calicoImage } = pick(flags, given);
  const unpacked = given[unpackedKey];
  const [source, ...others]: readonly CalicoSource[] = [
    ...(calicoBin === undefined ? [] : [{ kind: "bin", folder: calicoBin } as const]),
    ...(calicoArchive === undefined ? [] : [{ kind: "archive", file: calicoArchive } as const]),
    ...(calicoImage === undefined ? [] : [{ kind: "image", reference: calicoImage } as const]),
    ...(typeof unpacked === "string" ? [{ kind: "unpacked", root: unpacked } as const] : []),
  ];
  if (others.length > 0) throw new UsageError("give one of --calico-bin, --calico-archive and --calico-image");
  return source;
}
