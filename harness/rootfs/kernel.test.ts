import assert from "node:assert/strict";
import { moduleFiles, moduleName } from "./kernel-modules.ts";
import { chooseKernel, parseKernelPackages } from "./kernel-packages.ts";

const search = `linux-image-6.1.0-9-cloud-amd64 - Linux 6.1 for x86-64 cloud (signed)
linux-image-6.1.0-50-cloud-amd64 - Linux 6.1 for x86-64 cloud (signed)
linux-image-6.1.0-50-cloud-amd64-unsigned - Linux 6.1 for x86-64 cloud
linux-image-6.1.0-50-cloud-amd64-dbg - Debug symbols for linux-image-6.1.0-50-cloud-amd64
linux-image-6.1.0-50-amd64 - Linux 6.1 for 64-bit PCs (signed)
linux-image-6.12-cloud-amd64 - Linux for x86-64 cloud (meta-package)
linux-image-6.12.117+deb12-cloud-amd64 - Linux 6.12 for x86-64 cloud (signed)
`;

describe("kernel packages", () => {
  const packages = parseKernelPackages(search);

  it("are the cloud kernels alone, newest first, counted as numbers", () => {
    assert.deepEqual(
      packages.map(({ release }) => release),
      ["6.12.117+deb12-cloud-amd64", "6.1.0-50-cloud-amd64", "6.1.0-9-cloud-amd64"],
    );
  });

  it("are chosen by series, by release, and never by half a number", () => {
    assert.equal(chooseKernel(packages, "6.1")?.release, "6.1.0-50-cloud-amd64");
    assert.equal(chooseKernel(packages, "6.12")?.release, "6.12.117+deb12-cloud-amd64");
    assert.equal(chooseKernel(packages, "6.1.0-9")?.name, "linux-image-6.1.0-9-cloud-amd64");
    assert.equal(chooseKernel(packages, "6.1.0-5"), undefined);
    assert.equal(chooseKernel(packages, "5.10"), undefined);
  });
});

describe("kernel modules", () => {
  const table = `kernel/net/ipv4/ipip.ko: kernel/net/ipv4/ip_tunnel.ko kernel/net/ipv4/tunnel4.ko
kernel/net/ipv4/ip_tunnel.ko:
kernel/net/ipv4/tunnel4.ko:
kernel/drivers/net/vxlan/vxlan.ko.xz: kernel/net/ipv6/ip6_udp_tunnel.ko kernel/net/ipv4/udp_tunnel.ko
kernel/net/ipv6/ip6_udp_tunnel.ko: kernel/net/ipv4/udp_tunnel.ko
kernel/net/ipv4/udp_tunnel.ko:
kernel/net/netfilter/nf-odd.ko:
`;

  it("come with what they need, which stands before them", () => {
    assert.deepEqual(moduleFiles(table, ["vxlan", "ipip", "nf_odd", "built_in"]), [
      "kernel/net/ipv4/udp_tunnel.ko",
      "kernel/net/ipv6/ip6_udp_tunnel.ko",
      "kernel/drivers/net/vxlan/vxlan.ko.xz",
      "kernel/net/ipv4/tunnel4.ko",
      "kernel/net/ipv4/ip_tunnel.ko",
      "kernel/net/ipv4/ipip.ko",
      "kernel/net/netfilter/nf-odd.ko",
    ]);
  });

  it("have names without compression and with underscores", () => {
    assert.equal(moduleName("kernel/net/nf-odd.ko.xz"), "nf_odd");
  });
});
