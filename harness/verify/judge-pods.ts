import type { NodeFacts } from "../dataplane/node-facts.ts";
import type { Identities, PodIdentity } from "../encap/identity.ts";
import { withoutPrefix } from "../topology/address.ts";
import { destinationOf } from "../topology/destination.ts";
import { deafnessOf } from "./deaf-device.ts";
import { longestMatch } from "./longest-match.ts";
import { routeInWords } from "./route-words.ts";
import type { Trouble } from "./trouble.ts";

interface Judged {
  readonly identities: Identities;
  readonly pod: PodIdentity;
  /** Of the pod's own network. */
  readonly facts: NodeFacts;
  /** Of the pod's node, whose end of the wire answers the pod's ARP. */
  readonly host?: NodeFacts;
}

/** The address that pods have for a gateway (cni-plugin, dataplane/linux). */
const podGateway = "169.254.1.1";

/** What of a pod's own network keeps it from talking as Calico's CNI plugin has set it up. No check asks this: the wire decides. */
export function podTroubles(judged: Judged): readonly Trouble[] {
  const unread = new Set(judged.facts.unreadable?.map(({ what }) => what));
  return [
    ...(unread.has("devices") ? [] : deviceTroubles(judged)),
    ...(unread.has("routes") ? [] : routeTroubles(judged)),
    ...(unread.has("neighbors") ? [] : gatewayTroubles(judged)),
    ...(unread.has("devices") ? [] : hostTroubles(judged)),
    ...(unread.has("settings") ? [] : settingTroubles(judged)),
  ];
}

/** The pod's end of the wire: the one device that is not its loopback. */
function deviceOf({ links }: NodeFacts): NodeFacts["links"][number] | undefined {
  const own = links.filter(({ device }) => device !== "lo");
  return own.find(({ device }) => device === "eth0") ?? own.find(({ kind }) => kind === "veth");
}

function deviceTroubles({ identities, pod, facts, host }: Judged): readonly Trouble[] {
  const link = deviceOf(facts);
  const trouble = (what: string, text: string): Trouble => ({ kind: "device", what, text });
  if (link === undefined) return [trouble("presence", "it has no device but its loopback")];
  const there = new Set(link.addresses.map((address) => destinationOf(withoutPrefix(address))));
  const missing = Object.values(pod.addresses).filter((address) => !there.has(destinationOf(address)));
  const other = host?.links.find(({ device }) => device === pod.hostDevice);
  const mtu =
    other === undefined || other.mtu === link.mtu
      ? []
      : [trouble("MTU", `${link.device} has MTU ${link.mtu}, and its other end ${other.device} ${other.mtu}`)];
  return [
    ...(link.up ? [] : [trouble("state", `${link.device} is down`)]),
    ...deafnessOf(link).flatMap(({ what, text }) => (what === "arp" ? [trouble(what, text)] : [])),
    ...missing.map((address) =>
      trouble(
        "address",
        `${link.device} has ${link.addresses.filter((one) => !one.startsWith("fe80:")).join(" and ") || "no address"}, not ${address}`,
      ),
    ),
    ...link.addresses.flatMap((address) => foreignAddress(identities, pod, link.device, withoutPrefix(address))),
    ...mtu,
    ...(other?.up === false
      ? [trouble("host", `its end of the wire on the node, ${pod.node}/${other.device}, is down`)]
      : []),
  ];
}

function foreignAddress({ pods }: Identities, own: PodIdentity, device: string, address: string): readonly Trouble[] {
  const owner = pods.find(
    (pod) =>
      pod.name !== own.name &&
      Object.values(pod.addresses).some((one) => destinationOf(one) === destinationOf(address)),
  );
  if (owner === undefined) return [];
  return [
    { kind: "address", peer: owner.name, text: `${device} has ${address}, which is the address of pod ${owner.name}` },
  ];
}

/** Every other pod must be reached by the pod's one device. */
function routeTroubles({ identities, pod, facts }: Judged): readonly Trouble[] {
  const device = deviceOf(facts)?.device;
  const families = ([4, 6] as const).filter((family) => pod.addresses[family] !== undefined);
  return families.flatMap((family): readonly Trouble[] => {
    const lookup = longestMatch(facts.routes, family);
    const others = identities.pods.filter(({ name }) => name !== pod.name);
    const routes = others.map(({ name, addresses }) => ({ name, route: lookup(addresses[family] ?? "") }));
    if (routes.every(({ route }) => route === undefined)) {
      const text = `it has no default route${family === 6 ? " for IPv6" : ""}, so that it reaches nobody`;
      return [{ kind: "no gateway", text }];
    }
    const wrong = routes.find(({ route }) => route?.type !== "unicast" || route.device !== device);
    if (wrong === undefined) return narrowRoute(facts, routes);
    const text = `what it sends to pod ${wrong.name} takes ${wrong.route === undefined ? "no route" : routeInWords(wrong.route)}`;
    return [{ kind: "wrong route", text }];
  });
}

/** A route that lets less through than the pod's device does, or gives packets a TTL or MSS of its own: segments are smaller, and large packets are refused. */
function narrowRoute(
  { links }: NodeFacts,
  routes: readonly { readonly name: string; readonly route: NodeFacts["routes"][number] | undefined }[],
): readonly Trouble[] {
  const narrow = routes.find(({ route }) => {
    const own = links.find(({ device }) => device === route?.device)?.mtu ?? 0;
    return (route?.mtu !== undefined && route.mtu < own) || route?.more !== undefined;
  });
  if (narrow?.route === undefined) return [];
  return [{ kind: "wrong route", text: `what it sends to pod ${narrow.name} takes ${routeInWords(narrow.route)}` }];
}

/** The node answers for the gateways, IPv4's and the link-local one of IPv6, with the MAC of its end of the wire. */
function gatewayTroubles(judged: Judged): readonly Trouble[] {
  const { routes } = judged.facts;
  const vias = routes.flatMap(({ destination, via }) => (destination === "default" && via !== undefined ? [via] : []));
  return [...new Set([podGateway, ...vias])].flatMap((gateway) => gatewayTrouble(judged, gateway));
}

function gatewayTrouble({ pod, facts, host }: Judged, gateway: string): readonly Trouble[] {
  const there = `${pod.node}/${pod.hostDevice}`;
  const mac = host?.links.find(({ device }) => device === pod.hostDevice)?.mac.toLowerCase();
  const entry = facts.neighbors.find(({ address }) => address === gateway);
  if (entry === undefined) return [];
  if (entry.mac === "") {
    if (!/FAILED|INCOMPLETE/.test(entry.state)) return [];
    return [{ kind: "neighbor", text: `it asks who has its gateway ${gateway}, and nobody answers at ${there}` }];
  }
  if (mac === undefined || mac === "" || entry.mac.toLowerCase() === mac) return [];
  return [{ kind: "neighbor", text: `its gateway ${gateway} has MAC ${entry.mac} for it, and ${there} has ${mac}` }];
}

/** The node finds the pod by its MAC likewise. */
function hostTroubles({ pod, facts, host }: Judged): readonly Trouble[] {
  const mac = deviceOf(facts)?.mac.toLowerCase();
  const own = new Set(Object.values(pod.addresses).map(destinationOf));
  const entries = (host?.neighbors ?? []).filter(
    ({ device, address }) => device === pod.hostDevice && own.has(destinationOf(address)),
  );
  return entries.flatMap(({ address, mac: seen, state }): readonly Trouble[] => {
    if (seen === "")
      return /FAILED|INCOMPLETE/.test(state)
        ? [
            {
              kind: "neighbor",
              text: `it does not answer when ${pod.node} asks at ${pod.hostDevice} who has ${address}`,
            },
          ]
        : [];
    if (mac === undefined || seen.toLowerCase() === mac) return [];
    const text = `${pod.node} has MAC ${seen} for ${address} on ${pod.hostDevice}, and the pod has ${mac}`;
    return [{ kind: "neighbor", text }];
  });
}

function settingTroubles({ facts: { settings = {} } }: Judged): readonly Trouble[] {
  const name = "ipv4.icmp_echo_ignore_all";
  if (settings[name] !== "1") return [];
  return [{ kind: "setting", what: name, text: `${name} is 1: it answers no ping` }];
}
