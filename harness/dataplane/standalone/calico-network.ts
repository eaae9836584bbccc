import type { Mode } from "../../encap/mode.ts";
import type { Lab } from "../../lab/lab.ts";
import type { Network } from "../dataplane.ts";
import { ownerWords } from "../route-owner.ts";
import { bgpOf } from "./missing.ts";
import { runningPods } from "./node-calico.ts";

/** What only the moment of reading knows of a network. */
type Seen = Pick<Network, "title" | "versions" | "tested" | "identities" | "convergence" | "notes">;

/** A lab on which Calico has put a mode into effect. */
export function calicoNetwork(mode: Mode, lab: Lab, seen: Seen): Network {
  const title = `${seen.title}${ownerWords(lab.plan)}`;
  return { lab, mode, ...bgpOf(mode, lab), pods: runningPods(lab), ...seen, title };
}
