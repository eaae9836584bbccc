import { asymmetricWay } from "./asymmetric-way.ts";
import { autodetection } from "./autodetection.ts";
import { bgpSessions } from "./bgp-sessions.ts";
import { calicoPolicy } from "./calico-policy.ts";
import { coveringPool } from "./covering-pool.ts";
import type { Rule } from "./cause.ts";
import { changedMidway } from "./changed-midway.ts";
import { commonGround } from "./common-ground.ts";
import { duplicatedPackets } from "./duplicated-packets.ts";
import { equalWay } from "./equal-way.ts";
import { firewallList } from "./firewall-list.ts";
import { foreignAddress } from "./foreign-address.ts";
import { foreignTranslation } from "./foreign-translation.ts";
import { foreignMac } from "./foreign-mac.ts";
import { leakHeard } from "./leak-heard.ts";
import { forwardingOff } from "./forwarding-off.ts";
import { countedLoss } from "./counted-loss.ts";
import { natOutgoing } from "./nat-outgoing.ts";
import { narrowLink } from "./narrow-link.ts";
import { nodeportLocal } from "./nodeport-local.ts";
import { nodeportSnat } from "./nodeport-snat.ts";
import { nextHop } from "./next-hop.ts";
import { noDefaultRoute } from "./no-default-route.ts";
import { packetFilter } from "./packet-filter.ts";
import { podState } from "./pod-state.ts";
import { policyRule } from "./policy-rule.ts";
import { registeredPrefix } from "./registered-prefix.ts";
import { reversePathFilter } from "./reverse-path-filter.ts";
import { routeOwner } from "./route-owner.ts";
import { routerState } from "./router-state.ts";
import { sameMac } from "./same-mac.ts";
import { tunnelEntries } from "./tunnel-entries.ts";
import { tunnelDeviceWrong } from "./tunnel-device.ts";
import { wrongChecksum } from "./wrong-checksum.ts";
import { wrongGateway } from "./wrong-gateway.ts";
import { wrongNextHop } from "./wrong-next-hop.ts";
import { vlanTag } from "./vlan-tag.ts";
import { wrongRoute } from "./wrong-route.ts";
import { gatewayHolder } from "./gateway-holder.ts";
import { hookedProgram } from "./hooked-program.ts";
import { localTable } from "./local-table.ts";
import { kernelCount } from "./kernel-count.ts";
import { headerRewritten } from "./header-rewritten.ts";
import { linkState } from "./link-state.ts";
import { oddSetting } from "./odd-setting.ts";
import { leftOutBackend } from "./left-out-backend.ts";
import { linkShape } from "./link-shape.ts";
import { missingBackend } from "./missing-backend.ts";
import { mssRewritten } from "./mss-rewritten.ts";
import { otherServer } from "./other-server.ts";
import { outerHeader } from "./outer-header.ts";
import { passingChange } from "./passing-change.ts";
import { pathMtu } from "./path-mtu.ts";
import { selectiveRule } from "./selective-rule.ts";
import { serviceRules } from "./service-rules.ts";
import { rewrittenOuter } from "./rewritten-outer.ts";
import { untoldRewrite } from "./untold-rewrite.ts";
import { sourceNat } from "./source-nat.ts";
import { unencrypted } from "./unencrypted.ts";
import { untranslatedService } from "./untranslated-service.ts";
import { tunnelAddressRoute } from "./tunnel-address-route.ts";
import { tunnelMasquerade } from "./tunnel-masquerade.ts";

/** Every known kind of cause, the most telling first. To add one, add a file and a line. */
export const rules: readonly Rule[] = [
  gatewayHolder,
  sameMac,
  foreignAddress,
  vlanTag,
  linkState,
  localTable,
  nodeportLocal,
  changedMidway,
  wrongNextHop,
  asymmetricWay,
  duplicatedPackets,
  wrongChecksum,
  reversePathFilter,
  autodetection,
  registeredPrefix,
  unencrypted,
  policyRule,
  noDefaultRoute,
  wrongGateway,
  forwardingOff,
  hookedProgram,
  podState,
  tunnelDeviceWrong,
  tunnelAddressRoute,
  routeOwner,
  wrongRoute,
  tunnelEntries,
  bgpSessions,
  serviceRules,
  missingBackend,
  leftOutBackend,
  routerState,
  passingChange,
  nextHop,
  narrowLink,
  otherServer,
  foreignTranslation,
  calicoPolicy,
  firewallList,
  equalWay,
  packetFilter,
  countedLoss,
  untranslatedService,
  tunnelMasquerade,
  nodeportSnat,
  natOutgoing,
  coveringPool,
  sourceNat,
  rewrittenOuter,
  selectiveRule,
  outerHeader,
  mssRewritten,
  headerRewritten,
  untoldRewrite,
  pathMtu,
  linkShape,
  kernelCount,
  oddSetting,
];

/** What is said where no rule fits. */
export const fallback: Rule = commonGround;

/** What is told of what taps heard over the whole run where no other cause explains it: it may follow from any of them. */
export const heardRules: readonly Rule[] = [foreignMac, leakHeard];
