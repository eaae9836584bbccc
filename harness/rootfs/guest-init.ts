/** What a guest prints on its console when it waits for its identity. */
export const waitingMarker = "encaplab: waiting for an identity";

/** TCP port of the ssh server, in a namespace of its own inside the guest. */
export const sshPort = 22;

/** Address of every guest's management card, alone with its lab on a wire of its own. Link-local: it needs no plan. */
export const guestAddress = "fe80::1";

/** The lab's end of every management wire. */
export const labAddress = "fe80::2";

/** Word on the kernel's command line of guests that have a payload. */
export const payloadOption = "encaplab.payload";

/** Where guests have their payload: as it is on the disk, with a writable layer of the guest's own above. */
export const payloadFolder = "/run/encaplab/payload";

/** File by which nsenter(1) finds the namespace of the management card in a guest. */
export const managementFile = "/run/encaplab/management";

/** MAC of every guest's management card (locally administered). */
export const guestMac = "02:00:00:00:4d:01";

/**
 * The guest's first process. It boots a machine without identity: no name, key or address in the lab. Those come as one line on the
 * second serial port: a shell script, gzip in base64, answered by `done <exit code> <base64 of its output>`.
 *
 * The management card lives in a network namespace of its own, and so does the socket on which ssh is accepted; the ssh server and
 * all that it starts live in the first namespace. So nothing of management is seen by the tested network: no device, no address, no
 * route, no packet in `tcpdump -i any`.
 *
 * The shell is busybox, whose commands run in its own process: every program that is started costs an emulated processor some
 * 30 ms.
 */
export function guestInit(): string {
  return `#!/bin/busybox sh
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs -o mode=755 tmpfs /run
mount -t tmpfs -o size=50% tmpfs /tmp
mkdir -p /run/netns /run/lock /run/sshd
/usr/sbin/modprobe -a $(cat /lib/encaplab/modules)
ip link set lo up
/usr/bin/unshare -n nc -ll -p ${sshPort} -e /usr/bin/busybox nsenter --net=/proc/1/ns/net /usr/sbin/sshd -i -E /dev/console -f /etc/ssh/sshd_config &
listener=$!
while [ "$(readlink /proc/$listener/ns/net)" = "$(readlink /proc/1/ns/net)" ]; do usleep 5000; done
ip link set eth0 name mgmt0
ip link set mgmt0 netns $listener
ip link set eth1 name uplink
mkdir -p /run/encaplab
: >${managementFile}
mount --bind /proc/$listener/ns/net ${managementFile}
if grep -q ${payloadOption} /proc/cmdline; then
  modprobe -a virtio_blk overlay
  mkdir -p /run/encaplab/disk /run/encaplab/layer ${payloadFolder}
  mount -t ext4 -o ro,noload /dev/vda /run/encaplab/disk
  mount -t tmpfs -o mode=755 tmpfs /run/encaplab/layer
  mkdir /run/encaplab/layer/upper /run/encaplab/layer/work
  mount -t overlay -o lowerdir=/run/encaplab/disk,upperdir=/run/encaplab/layer/upper,workdir=/run/encaplab/layer/work overlay ${payloadFolder}
fi
nsenter --net=/proc/$listener/ns/net sh <<'END'
echo 0 >/proc/sys/net/ipv6/conf/mgmt0/accept_dad
echo 1 >/proc/sys/net/ipv6/conf/mgmt0/addr_gen_mode
ip link set lo up
ip link set mgmt0 address ${guestMac}
ip link set mgmt0 up
/usr/bin/ip addr add ${guestAddress}/64 dev mgmt0 nodad
END
stty -F /dev/ttyS1 raw -echo
exec 4<>/dev/ttyS1
echo "${waitingMarker}" >/dev/console
while IFS= read -r line <&4; do
  script=$(printf %s "$line" | base64 -d | gunzip)
  (set -e; eval "$script") >/run/identity.out 2>&1 </dev/null
  code=$?
  script=
  echo "done $code $(base64 -w 0 </run/identity.out)" >&4
done
echo "encaplab: the control port is gone" >/dev/console
poweroff -f
`;
}

/** Settings of the guest's ssh server: one key in, none other; many channels at a time. */
export const sshdConfig = `HostKey /etc/ssh/host_key
AuthorizedKeysFile /etc/ssh/authorized_keys
StrictModes no
UsePAM no
UseDNS no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
MaxSessions 64
PrintMotd no
PrintLastLog no
ClientAliveInterval 30
LogLevel ERROR
`;
