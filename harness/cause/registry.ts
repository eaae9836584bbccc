import { asymmetricWay } from "./asymmetric-way.ts";
import { bgpSessions } from "./bgp-sessions.ts";
import type { Rule } from "./cause.ts";
import { changedMidway } from "./changed-midway.ts";
import { commonGround } from "./common-ground.ts";
import { duplicatedPackets } from "./duplicated-packets.ts";
import { foreignAddress } from "./foreign-address.ts";
import { forwardingOff } from "./forwarding-off.ts";
import { noDefaultRoute } from "./no-default-route.ts";
import { packetFilter } from "./packet-filter.ts";
import { policyRule } from "./policy-rule.ts";
import { registeredPrefix } from "./registered-prefix.ts";
import { reversePathFilter } from "./reverse-path-filter.ts";
import { sameMac } from "./same-mac.ts";
import { tunnelEntries } from "./tunnel-entries.ts";
import { tunnelDeviceWrong } from "./vxlan-device.ts";
import { wrongRoute } from "./wrong-route.ts";

/** Every known kind of cause, the most telling first. To add one, add a file and a line. */
export const rules: readonly Rule[] = [
  sameMac,
  foreignAddress,
  changedMidway,
  asymmetricWay,
  duplicatedPackets,
  registeredPrefix,
  policyRule,
  noDefaultRoute,
  forwardingOff,
  reversePathFilter,
  tunnelDeviceWrong,
  wrongRoute,
  tunnelEntries,
  bgpSessions,
  packetFilter,
];

/** What is said where no rule fits. */
export const fallback: Rule = commonGround;
