"""Builds the lab of build.ts with Mininet and prints the milliseconds of build and removal, without Python's start."""

import json
import sys
import time

from mininet.log import setLogLevel
from mininet.net import Mininet
from mininet.node import Node
from mininet.nodelib import LinuxBridge


class Router(Node):
    def config(self, **params):
        super().config(**params)
        self.cmd("sysctl -qw net.ipv4.ip_forward=1")


def build(racks):
    net = Mininet(controller=None, switch=LinuxBridge, autoSetMacs=True)
    router = net.addHost("tor", cls=Router, ip=None)
    ports = []
    for index, rack in enumerate(racks):
        bridge = net.addSwitch("s%d" % (index + 1))
        net.addLink(router, bridge, intfName1="eth%d" % index)
        ports.append(("eth%d" % index, rack["gateway"]))
        for node in rack["nodes"]:
            route = "via %s" % rack["gateway"].split("/")[0]
            host = net.addHost(node["name"], ip=node["address"], defaultRoute=route)
            net.addLink(host, bridge)
    net.start()
    for device, address in ports:
        router.cmd("ip addr add %s dev %s" % (address, device))
    return net


setLogLevel("critical")
start = time.monotonic()
net = build(json.load(sys.stdin))
built = time.monotonic()
net.stop()
print(json.dumps({"build": (built - start) * 1000, "remove": (time.monotonic() - built) * 1000}))
