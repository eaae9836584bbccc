import { toolNames } from "../../lab/host-tools.ts";
import { guestAddress, guestMac, sshPort, sshdConfig, waitingMarker } from "../../rootfs/guest-init.ts";
import { cardOf } from "../../topology/plan.ts";
import type { GuestIdentity } from "./guest-identity.ts";
import type { SeedFile } from "../../rootfs/seed-image.ts";

/** Label by which cloud-init finds its NoCloud data. */
export const seedLabel = "cidata";

/** What the guest prints on its console before the names of programs that a lab needs and it lacks. */
export const lackingMarker = "encaplab: lacking";

/** What the guest prints on its console before what its set-up said when it failed. */
export const failedMarker = "encaplab: failed";

/** What a machine from a user's image is told at its first boot. */
export interface ImageIdentity extends GuestIdentity {
  /** New for every machine: cloud-init does its work once per instance. */
  readonly instance: string;
}

/** NoCloud data (cloud-init's documentation, reference/datasources/nocloud) that makes a node of a machine with a user's image. */
export function imageSeed(identity: ImageIdentity): readonly SeedFile[] {
  const { instance, node } = identity;
  return [
    { name: "meta-data", text: `instance-id: ${instance}\nlocal-hostname: ${node}\n` },
    { name: "user-data", text: `#cloud-config\n${JSON.stringify(userData(identity), undefined, 1)}\n` },
    { name: "network-config", text: `${JSON.stringify(networkConfig(identity), undefined, 1)}\n` },
  ];
}

/**
 * YAML is a superset of JSON. Only the modules of cloud-init that make a node are run: the others fetch, grow and generate, which
 * takes minutes under emulation and is not what is tested.
 */
function userData(identity: ImageIdentity): object {
  const { hostKey, authorized } = identity;
  const file = (path: string, permissions: string, content: string): object => ({ path, permissions, content });
  return {
    cloud_init_modules: ["write-files", "set-hostname", "update-hostname"],
    cloud_config_modules: ["runcmd"],
    cloud_final_modules: ["scripts-user"],
    write_files: [
      file("/etc/encaplab/host_key", "0600", `${hostKey.trim()}\n`),
      file("/etc/encaplab/authorized_keys", "0600", `${authorized.trim()}\n`),
      file("/etc/encaplab/sshd_config", "0600", ownSshd),
      file("/etc/systemd/system/encaplab-ssh.socket", "0644", socketUnit),
      file("/etc/systemd/system/encaplab-ssh@.service", "0644", serviceUnit),
      file("/etc/encaplab/set-up", "0700", setUpScript(identity)),
      file("/etc/encaplab/start", "0700", startScript),
    ],
    runcmd: [["sh", "/etc/encaplab/start"]],
  };
}

/** The uplink has its address from the start, so that nothing waits for a network; the management card is not the image's business. */
function networkConfig({ uplink: { mac, addresses } }: ImageIdentity): object {
  const both = Object.values(addresses);
  return {
    version: 2,
    ethernets: {
      uplink: { match: { macaddress: mac }, dhcp4: false, dhcp6: false, "accept-ra": false, addresses: both },
    },
  };
}

const ownSshd = sshdConfig
  .replace(/^HostKey .*$/m, "HostKey /etc/encaplab/host_key")
  .replace(/^AuthorizedKeysFile .*$/m, "AuthorizedKeysFile /etc/encaplab/authorized_keys")
  // Images lock root's password, which without PAM locks root out altogether.
  .replace(/^UsePAM .*$/m, "UsePAM yes");

/** As in guests of our own: ssh is accepted in a namespace beside the tested network, and served in the machine's own. */
const socketUnit = `[Unit]
Description=ssh for the owner of the lab
[Socket]
ListenStream=[::]:${sshPort}
Accept=yes
NetworkNamespacePath=/run/netns/encaplab
MaxConnections=256
TriggerLimitBurst=0
`;

const serviceUnit = `[Unit]
Description=ssh for the owner of the lab
[Service]
ExecStart=-/usr/sbin/sshd -i -f /etc/encaplab/sshd_config
StandardInput=socket
StandardError=journal
KillMode=process
RuntimeDirectory=sshd
RuntimeDirectoryPreserve=yes
`;

/**
 * Says on the first serial port how it went, whatever the image uses as its console. What manages the network in the image is
 * stopped first: the lab sets addresses and routes, and nothing may take them away again.
 */
const startScript = `say() { echo "$*" >/dev/ttyS0; }
lacking=
for tool in ${toolNames.join(" ")} sshd; do
  command -v $tool >/dev/null 2>&1 || [ -x /usr/sbin/$tool ] || lacking="$lacking $tool"
done
command -v systemctl >/dev/null 2>&1 || lacking="$lacking systemd"
if [ -n "$lacking" ]; then
  . /etc/os-release
  say "${lackingMarker}$lacking on $ID $ID_LIKE"
  exit 1
fi
out=$(sh /etc/encaplab/set-up 2>&1) || { say "${failedMarker} $(echo "$out" | tail -n 5)"; say "${failedMarker} end"; exit 1; }
say "${waitingMarker}"
`;

function setUpScript({ uplink, setUp }: ImageIdentity): string {
  return `set -e
systemctl stop systemd-networkd.socket systemd-networkd NetworkManager 2>/dev/null || true
byMac() { grep -lix "$1" /sys/class/net/*/address | cut -d/ -f5 | head -n 1; }
ip netns add encaplab
ip link set "$(byMac ${guestMac})" netns encaplab name mgmt0
ip netns exec encaplab sh -ec '
cd /proc/sys/net/ipv6/conf
echo 0 >all/disable_ipv6
echo 0 >mgmt0/disable_ipv6
echo 0 >mgmt0/accept_dad
echo 1 >mgmt0/addr_gen_mode
ip link set lo up
ip link set mgmt0 up
ip addr add ${guestAddress}/64 dev mgmt0 nodad'
device=$(byMac ${uplink.mac})
ip link set "$device" down
ip addr flush dev "$device"
[ "$device" = ${cardOf(uplink)} ] || ip link set "$device" name ${cardOf(uplink)}
ip link set ${cardOf(uplink)} mtu ${uplink.mtu}
sh -s <<'END OF SET-UP'
${setUp}
END OF SET-UP
systemctl daemon-reload
systemctl start encaplab-ssh.socket
`;
}
