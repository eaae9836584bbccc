import { file, oneOf, pick, text } from "../../core/flags.ts";
import { sharedFlags } from "../../provider/shared-flags.ts";
import type { DataplaneOffer } from "../offer.ts";
import { kubernetesCalico } from "./kubernetes-dataplane.ts";
import { linuxDataplanes } from "./linux-dataplane.ts";
import { defaultCalicoVersion } from "./manifest-source.ts";

const name = "calico";

const installFlags = {
  calicoInstall: oneOf(
    "how",
    ["operator", "manifest"],
    "how Calico gets into a cluster made for the run (default: manifest)",
  ),
  calicoVersion: text("version", `release of Calico for clusters made for the run (default: ${defaultCalicoVersion})`),
  calicoManifests: file("dir", "folder manifests/ of that release, for machines that cannot download it"),
  linuxDataplane: oneOf("how", linuxDataplanes, "Calico's Linux dataplane (default: iptables)"),
};

/** Calico in a cluster made for the run: installed there, by its manifest or its operator. */
export const installedOffer: DataplaneOffer = {
  name,
  cluster: "lab",
  group: "kubernetes",
  flags: installFlags,
  taken: () => true,
  make: (given) => {
    const {
      calicoInstall: by,
      calicoVersion: version,
      calicoManifests: folder,
      linuxDataplane,
    } = pick(installFlags, given);
    const install = {
      ...(by === undefined ? {} : { by }),
      ...(version === undefined ? {} : { version }),
      ...(folder === undefined ? {} : { folder }),
      ...(linuxDataplane === undefined ? {} : { linuxDataplane }),
    };
    return kubernetesCalico({ install });
  },
};

const guestFlags = { allowModeChange: sharedFlags.allowModeChange };

/** Calico of a cluster that is somebody's: taken as it is there. */
export const guestOffer: DataplaneOffer = {
  name,
  cluster: "guest",
  group: "kubernetes",
  flags: guestFlags,
  reachedBy: Object.keys(guestFlags),
  taken: () => true,
  make: (given) => kubernetesCalico({ allowModeChange: pick(guestFlags, given).allowModeChange ?? false }),
};
