import { localPortAnswered } from "./local-port-answered.ts";
import { localPortRefused } from "./local-port-refused.ts";
import { balancedRouteAstray } from "./balanced-route-astray.ts";
import { balancedSnatLost } from "./balanced-snat-lost.ts";
import { backendGone } from "./backend-gone.ts";
import { backendWithoutShare } from "./backend-without-share.ts";
import { deadBackend } from "./dead-backend.ts";
import { unseenBackends } from "./unseen-backends.ts";
import { answeredByOtherPod } from "./answered-by-other-pod.ts";
import { autodetectedWrongNetwork } from "./autodetected-wrong-network.ts";
import { bgpFiltered } from "./bgp-filtered.ts";
import { bgpPortBlocked } from "./bgp-port-blocked.ts";
import { bgpSessionDown } from "./bgp-session-down.ts";
import { clampedMss } from "./clamped-mss.ts";
import { needFragLost } from "./need-frag-lost.ts";
import { deafCaptures } from "./deaf-captures.ts";
import { blindNode } from "./blind-node.ts";
import { birdUnanswered } from "./bird-unanswered.ts";
import { pingsLost } from "./pings-lost.ts";
import { clientLosesAnswers } from "./client-loses-answers.ts";
import { deafTap } from "./deaf-tap.ts";
import { drop4789AtRouter } from "./drop-4789-at-router.ts";
import { drop51820AtRouter } from "./drop-51820-at-router.ts";
import { dropProtocol4 } from "./drop-protocol-4.ts";
import { clashingConnections } from "./clashing-connections.ts";
import { congestedFrames } from "./congested-frames.ts";
import { damagedFrames } from "./damaged-frames.ts";
import { narrowUplink } from "./narrow-uplink.ts";
import { ghostBackend } from "./ghost-backend.ts";
import { arpOff } from "./arp-off.ts";
import { nodeIgnoresPings } from "./node-ignores-pings.ts";
import { shortLivedPackets } from "./short-lived-packets.ts";
import { xdpDrop } from "./xdp-drop.ts";
import type { Fault } from "./fault.ts";
import { duplicatingRouter } from "./duplicating-router.ts";
import { standbyDrops } from "./standby-drops.ts";
import { bothRoutersActive } from "./both-routers-active.ts";
import { ecmpByAddresses } from "./ecmp-by-addresses.ts";
import { ecmpMemberDark } from "./ecmp-member-dark.ts";
import { ecmpMemberLost } from "./ecmp-member-lost.ts";
import { firewallForgetsTunnel } from "./firewall-forgets-tunnel.ts";
import { firstSynLost } from "./first-syn-lost.ts";
import { fixedSourcePort } from "./fixed-source-port.ts";
import { foreignPort } from "./foreign-port.ts";
import { foreignRoute } from "./foreign-route.ts";
import { tunnelAddressRoute } from "./tunnel-address-route.ts";
import { inheritedTos } from "./inherited-tos.ts";
import { leakBesideProbes } from "./leak-beside-probes.ts";
import { largeSegmentsLost } from "./large-segments-lost.ts";
import { learningVtep } from "./learning-vtep.ts";
import { lossyRouter } from "./lossy-router.ts";
import { mirroredTunnel } from "./mirrored-tunnel.ts";
import { missingDelay } from "./missing-delay.ts";
import { missingBlackhole } from "./missing-blackhole.ts";
import { noTunnelMasquerade } from "./no-tunnel-masquerade.ts";
import { otherRouteOwner } from "./other-route-owner.ts";
import { outerDontFragment } from "./outer-dont-fragment.ts";
import { plainLeak } from "./plain-leak.ts";
import { routeFlaps } from "./route-flaps.ts";
import { tunnelWithoutParent } from "./tunnel-without-parent.ts";
import { routeChangesMidway } from "./route-changes-midway.ts";
import { shortTtl } from "./short-ttl.ts";
import { sizeHole } from "./size-hole.ts";
import { poolBlackholeDeleted } from "./pool-blackhole-deleted.ts";
import { poolChangeForgotten } from "./pool-change-forgotten.ts";
import { natOutgoingLost } from "./nat-outgoing-lost.ts";
import { nodeportSnatLost } from "./nodeport-snat-lost.ts";
import { poolOverExternal } from "./pool-over-external.ts";
import { poolOverNodes } from "./pool-over-nodes.ts";
import { poolPolicyIgnored } from "./pool-policy-ignored.ts";
import { policyRule } from "./policy-rule.ts";
import { portRule } from "./port-rule.ts";
import { onlinkGatewayMissing } from "./onlink-gateway-missing.ts";
import { onlinkGatewayWrong } from "./onlink-gateway-wrong.ts";
import { forwardPolicyDrop } from "./forward-policy-drop.ts";
import { noDefaultRoute } from "./no-default-route.ts";
import { sameMac } from "./same-mac.ts";
import { foreignAddress } from "./foreign-address.ts";
import { slash32NodeAddress } from "./slash-32-node-address.ts";
import { smallMtuUnderlay } from "./small-mtu-underlay.ts";
import { slowTunnel } from "./slow-tunnel.ts";
import { snatPodToPod } from "./snat-pod-to-pod.ts";
import { sourceCheck } from "./source-check.ts";
import { statefulFilterOnOne } from "./stateful-filter-on-one.ts";
import { staleDirectRoute } from "./stale-direct-route.ts";
import { staleFdb } from "./stale-fdb.ts";
import { staleNeighbor } from "./stale-neighbor.ts";
import { staleTunnelRoute } from "./stale-tunnel-route.ts";
import { udpLost } from "./udp-lost.ts";
import { untaggedUplink } from "./untagged-uplink.ts";
import { vtepMacDrift } from "./vtep-mac-drift.ts";
import { wrongOuterSource } from "./wrong-outer-source.ts";
import { wireguardDown } from "./wireguard-down.ts";
import { wireguardKeyMissing } from "./wireguard-key-missing.ts";
import { wireguardRuleMissing } from "./wireguard-rule-missing.ts";
import { wrongAs } from "./wrong-as.ts";
import { wrongVlanTag } from "./wrong-vlan-tag.ts";
import { wrongVni } from "./wrong-vni.ts";
import { zeroUdpChecksum } from "./zero-udp-checksum.ts";
import { forwardingOff } from "./forwarding-off.ts";
import { proxyArpOff } from "./proxy-arp-off.ts";
import { strictReversePath } from "./strict-reverse-path.ts";
import { dscpRewritten } from "./dscp-rewritten.ts";
import { ecnCleared } from "./ecn-cleared.ts";
import { defaultDeny } from "./default-deny.ts";
import { serviceRulesLost } from "./service-rules-lost.ts";
import { expiringTtl } from "./expiring-ttl.ts";
import { protocolRewritten } from "./protocol-rewritten.ts";
import { markedPods } from "./marked-pods.ts";
import { masqueradedTunnel } from "./masqueraded-tunnel.ts";
import { podWithoutRoute } from "./pod-without-route.ts";
import { routerForwardingOff } from "./router-forwarding-off.ts";
import { starvedQueue } from "./starved-queue.ts";
import { untrackedService } from "./untracked-service.ts";
import { damagedChecksums } from "./damaged-checksums.ts";
import { damagedIpChecksums } from "./damaged-ip-checksums.ts";
import { foreignTranslation } from "./foreign-translation.ts";
import { foreignSourceMac } from "./foreign-source-mac.ts";
import { routerWrongMac } from "./router-wrong-mac.ts";
import { tunnelDown } from "./tunnel-down.ts";
import { tunl0WithoutAddress } from "./tunl0-without-address.ts";
import { localTableEntry } from "./local-table-entry.ts";
import { ipsecPolicy } from "./ipsec-policy.ts";
import { strippedOptions } from "./stripped-options.ts";
import { statefulRouters } from "./stateful-routers.ts";

/** Every known way to be wrong, in the order in which they are listed. To add one, add a file and a line. */
export const faults: readonly Fault[] = [
  slash32NodeAddress,
  autodetectedWrongNetwork,
  foreignAddress,
  sameMac,
  noDefaultRoute,
  onlinkGatewayMissing,
  onlinkGatewayWrong,
  forwardPolicyDrop,
  forwardingOff,
  proxyArpOff,
  strictReversePath,
  defaultDeny,
  policyRule,
  portRule,
  staleTunnelRoute,
  poolPolicyIgnored,
  poolBlackholeDeleted,
  poolChangeForgotten,
  poolOverNodes,
  poolOverExternal,
  natOutgoingLost,
  nodeportSnatLost,
  balancedSnatLost,
  balancedRouteAstray,
  staleDirectRoute,
  otherRouteOwner,
  routeChangesMidway,
  routeFlaps,
  tunnelWithoutParent,
  plainLeak,
  leakBesideProbes,
  mirroredTunnel,
  drop4789AtRouter,
  dropProtocol4,
  drop51820AtRouter,
  wireguardRuleMissing,
  wireguardKeyMissing,
  wireguardDown,
  sourceCheck,
  lossyRouter,
  firewallForgetsTunnel,
  statefulFilterOnOne,
  firstSynLost,
  largeSegmentsLost,
  duplicatingRouter,
  udpLost,
  pingsLost,
  sizeHole,
  ecmpMemberLost,
  ecmpMemberDark,
  ecmpByAddresses,
  standbyDrops,
  bothRoutersActive,
  answeredByOtherPod,
  serviceRulesLost,
  smallMtuUnderlay,
  needFragLost,
  clampedMss,
  strippedOptions,
  missingDelay,
  slowTunnel,
  wrongVni,
  foreignPort,
  wrongOuterSource,
  zeroUdpChecksum,
  fixedSourcePort,
  inheritedTos,
  outerDontFragment,
  shortTtl,
  dscpRewritten,
  markedPods,
  ecnCleared,
  tunnelDown,
  tunl0WithoutAddress,
  staleFdb,
  staleNeighbor,
  vtepMacDrift,
  learningVtep,
  snatPodToPod,
  noTunnelMasquerade,
  missingBlackhole,
  foreignRoute,
  localTableEntry,
  tunnelAddressRoute,
  bgpSessionDown,
  bgpFiltered,
  bgpPortBlocked,
  wrongAs,
  statefulRouters,
  routerForwardingOff,
  podWithoutRoute,
  routerWrongMac,
  foreignSourceMac,
  foreignTranslation,
  damagedChecksums,
  damagedIpChecksums,
  starvedQueue,
  masqueradedTunnel,
  expiringTtl,
  ipsecPolicy,
  protocolRewritten,
  untrackedService,
  ghostBackend,
  backendGone,
  backendWithoutShare,
  deadBackend,
  unseenBackends,
  localPortAnswered,
  localPortRefused,
  narrowUplink,
  clashingConnections,
  damagedFrames,
  congestedFrames,
  arpOff,
  wrongVlanTag,
  untaggedUplink,
  xdpDrop,
  shortLivedPackets,
  nodeIgnoresPings,
  deafTap,
  deafCaptures,
  blindNode,
  birdUnanswered,
  clientLosesAnswers,
];
