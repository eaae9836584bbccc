import { outerIp } from "../packet/form.ts";
import type { Packet } from "../packet/packet.ts";
import type { AddressBook } from "./address-book.ts";
import type { Station, Stations } from "./stations.ts";

/** What the MACs of frames are judged by. */
export interface LinkLaw {
  readonly stations: Stations;
  readonly book: AddressBook;
  /** Networks of others answer ARP with MACs of their own: of a MAC that no machine of the lab has nothing is claimed. */
  readonly strangers: boolean;
}

/**
 * Whether a frame on a segment comes from the MAC of the last hop and goes to that of the next one, as the addresses of its outermost IP
 * header say: what is wrong, in words that are equal for frames of one kind; undefined where nothing is, or nobody can tell. Pure.
 */
export function misaddressed(packet: Packet, segment: string, law: LinkLaw): string | undefined {
  const [frame] = packet.layers;
  const ip = outerIp(packet);
  if (frame?.kind !== "ethernet" || ip === undefined) return undefined;
  const { stations } = law;
  const [from, to] = [placeOf(ip.source, segment, law), placeOf(ip.destination, segment, law)];
  const way = `frames from ${from?.name ?? ip.source} to ${to?.name ?? ip.destination},`;
  const routers = stations.routersOn(segment);
  const relayed = from?.here !== undefined && to?.here !== undefined && stations.goesByGateway(from.here, to.here);
  const detour = relayed ? routers : [];
  const senders = from?.here === undefined ? routers : [from.here, ...detour];
  const sender = from === undefined ? "" : strangerTo(senders, frame.source, segment, law);
  if (sender !== "") return `${way} sent by ${sender}`;
  const isFirst = from?.here?.mac === frame.source;
  const receivers =
    to?.here === undefined ? routers.filter(({ mac }) => mac !== frame.source) : [to.here, ...(isFirst ? detour : [])];
  const receiver = to === undefined ? "" : strangerTo(receivers, frame.destination, segment, law);
  return receiver === "" ? undefined : `${way} addressed to ${receiver}`;
}

/** Whose an address is; `here` where that machine stands on the segment itself. */
interface Place {
  readonly name: string;
  readonly here?: Station;
}

function placeOf(address: string, segment: string, { stations, book }: LinkLaw): Place | undefined {
  const owners = stations.withAddress(address);
  const here = owners.find((one) => one.segment === segment);
  const [elsewhere] = owners;
  if (here !== undefined) return { name: here.name, here };
  // A host with several legs may take any of them for what another leg's address asks.
  if (elsewhere !== undefined)
    return stations.on(segment).some(({ name }) => name === elsewhere.name) ? undefined : { name: elsewhere.name };
  const owner = book.ownerOf(address);
  if (owner?.inBlock !== true) return undefined;
  const { name } = owner.node;
  const uplink = stations.uplinkOf(name);
  return uplink?.segment === segment ? { name, here: uplink } : { name };
}

/** "02:…:01 (tor/eth0's), not a2/eth0 (02:…:0c)" where a MAC is none of the right ones'; "" where it is, or where they are unknown. */
function strangerTo(right: readonly Station[], mac: string, segment: string, law: LinkLaw): string {
  if (right.length === 0 || right.some((one) => one.mac === "" || one.mac === mac)) return "";
  const owners = law.stations.on(segment).filter((one) => one.mac === mac);
  if (owners.length === 0 && law.strangers) return "";
  const whose = owners.length === 0 ? nobodys(mac) : `${owners.map(nameOf).join(" and ")}'s`;
  return `${mac} (${whose}), not ${right.map((one) => `${nameOf(one)} (${one.mac})`).join(" or ")}`;
}

function nobodys(mac: string): string {
  return (Number.parseInt(mac.slice(0, 2), 16) & 1) === 1 ? "everybody's" : "nobody's here";
}

function nameOf({ name, device }: Station): string {
  return `${name}/${device}`;
}
