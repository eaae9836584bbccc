import { file, pick, program, text, words, type AllGiven } from "../../core/flags.ts";
import { LabError, UsageError } from "../../core/errors.ts";
import { fabricTools } from "../fabric/fabric-tools.ts";
import type { DataplaneOffer } from "../offer.ts";
import { nothingGiven, waysToGetCalico, type CalicoSource } from "./calico-source.ts";
import { readCalicoWords, releaseName, releasesIn, wordOfTheRest, type CalicoWords } from "./calico-words.ts";
import { locateCalico } from "./locate.ts";
import { calicoPayload } from "./payload.ts";
import { refuseBadSource } from "./refuse-source.ts";
import { routeOwnerFlag } from "../route-owner.ts";
import { calicoDataplane } from "./standalone-dataplane.ts";

const flags = {
  calico: words(
    "releases",
    "real Calico, as folder, archive or image: A,B runs everything on both; a1=A,*=B mixes them in one lab",
  ),
  calicoBin: file("dir", "real Calico: a folder with calico-node, the CNI plugin calico, and bird"),
  calicoArchive: file("file", "real Calico: a node image saved by docker save, or an OCI archive"),
  calicoImage: text(
    "ref",
    "real Calico: images to pull with skopeo, comma separated; …/node:TAG alone also pulls …/cni:TAG",
  ),
  etcd: program("etcd program for real Calico without Kubernetes (default: etcd on the PATH)"),
};

/** Of these, what a lab that is up can do with. */
const reachedBy = Object.keys(flags);

/** Where the label of a lab says which unpacked Calico it runs; no flag of anybody's. */
const unpackedKey = "calicoRoot";

/** Real Calico on nodes without Kubernetes: it comes from a folder, an archive or a registry. */
export const standaloneOffer: DataplaneOffer = {
  name: "calico",
  group: "calico",
  flags: { ...flags, routeOwner: routeOwnerFlag },
  reachedBy,
  taken: (given) => isGiven(given),
  passedOver: "no Calico was given: --calico-archive FILE or --calico-bin DIR runs the real one",
  make: (given, { cache, logs }) => {
    const { source, nodes } = sourcesOf(given) ?? {};
    if (source === undefined) throw new LabError(nothingGiven, { fix: `give one: ${waysToGetCalico}` });
    const { etcd } = pick(flags, given);
    return calicoDataplane({
      cache,
      source,
      ...(nodes === undefined ? {} : { nodes }),
      ...(etcd === undefined ? {} : { etcd }),
      ...(logs === undefined ? {} : { logs }),
    });
  },
  variants: releasesOf,
  refuse: async (given) => {
    const releases = releasesOf(given).map((release) => release.given);
    for (const each of releases.length === 0 ? [given] : releases) {
      const { source, nodes = new Map<string, CalicoSource>() } = sourcesOf(each) ?? {};
      if (source !== undefined) for (const one of [source, ...nodes.values()]) await refuseBadSource(one);
    }
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
    const { source, nodes } = sourcesOf(given) ?? {};
    const { etcd, calico } = pick(flags, given);
    if (nodes !== undefined) return { calico, ...(etcd === undefined ? {} : { etcd }) };
    const located = await locateCalico(source, cache);
    const root = "problem" in located ? undefined : located.files.root;
    const calicoBin = source?.kind === "bin" ? source.folder : undefined;
    return {
      ...(etcd === undefined ? {} : { etcd }),
      ...(calicoBin === undefined ? {} : { calicoBin }),
      ...(root === undefined ? {} : { [unpackedKey]: root }),
    };
  },
  upgraded: ({ calico, ...others }) =>
    Array.isArray(calico) ? { ...others, calico: [wordOfTheRest(calico.map(String))] } : { ...others, calico },
  payload: async (given, cache) => calicoPayload(sourcesOf(given)?.source, cache),
};

function releasesOf(given: AllGiven): readonly { readonly name: string; readonly given: AllGiven }[] {
  const releases = releasesIn(pick(flags, given).calico ?? []);
  if (releases.length < 2) return [];
  return releases.map((release) => ({ name: releaseName(release), given: { ...given, calico: [release] } }));
}

function isGiven(given: AllGiven): boolean {
  const { calico, calicoBin, calicoArchive, calicoImage } = pick(flags, given);
  return [calico, calicoBin, calicoArchive, calicoImage, given[unpackedKey]].some((one) => one !== undefined);
}

/** Where the flags say that Calico comes from; undefined = nothing given, and more than one is a UsageError. */
function sourcesOf(given: AllGiven): CalicoWords | undefined {
  const { calico, calicoBin, calicoArchive, calicoImage } = pick(flags, given);
  const unpacked = given[unpackedKey];
  const [only, ...others]: readonly CalicoWords[] = [
    ...(calico === undefined ? [] : [readCalicoWords(calico)]),
    ...(calicoBin === undefined ? [] : [{ source: { kind: "bin", folder: calicoBin } as const }]),
    ...(calicoArchive === undefined ? [] : [{ source: { kind: "archive", file: calicoArchive } as const }]),
    ...(calicoImage === undefined ? [] : [{ source: { kind: "image", reference: calicoImage } as const }]),
    ...(typeof unpacked === "string" ? [{ source: { kind: "unpacked", root: unpacked } as const }] : []),
  ];
  if (others.length > 0)
    throw new UsageError("give one of --calico, --calico-bin, --calico-archive and --calico-image");
  return only;
}
