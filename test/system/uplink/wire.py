"""A wire between this machine and a network namespace that loses, delays and swallows IP packets. For kernels without netem.

    wire.py NEAR NEAR-ADDRESS/30 FAR FAR-ADDRESS/30 NAMESPACE SEED

Two TUN devices, FAR inside NAMESPACE; what one is given comes out of the other. TUN hands over whole packets with their checksums done, so
nothing is left to offloading. Each line of standard input, {"loss": 0…1, "delayMs": n, "hole": "to-near"|"to-far"|null}, replaces the faults
and is answered by a line with the packets carried and lost so far. Ends, and takes the devices with it, when standard input does.
"""

import fcntl, heapq, itertools, json, os, random, select, struct, subprocess, sys, time

NEAR, NEAR_ADDRESS, FAR, FAR_ADDRESS, NAMESPACE, SEED = sys.argv[1:]
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
DICE = random.Random(int(SEED))


def tun(name):
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TUN | IFF_NO_PI))
    return device


def ip(*words, inside=False):
    subprocess.run([*(["ip", "netns", "exec", NAMESPACE] if inside else []), "ip", *words], check=True)


near, far = tun(NEAR), tun(FAR)
ip("link", "set", FAR, "netns", NAMESPACE)
for name, address, inside in ((NEAR, NEAR_ADDRESS, False), (FAR, FAR_ADDRESS, True)):
    ip("address", "add", address, "dev", name, inside=inside)
    ip("link", "set", name, "up", inside=inside)

faults = {"loss": 0, "delayMs": 0, "hole": None}
count = {"carried": 0, "lost": 0}
order = itertools.count()
# (due, order, device, packet): of two that are due at the same time the earlier goes first.
waiting = []


def read(device, out, way):
    while True:
        try:
            packet = os.read(device, 65536)
        except BlockingIOError:
            return
        if faults["hole"] == way or DICE.random() < faults["loss"]:
            count["lost"] += 1
        else:
            heapq.heappush(waiting, (time.monotonic() + faults["delayMs"] / 1000, next(order), out, packet))


def tell():
    print(json.dumps(count), flush=True)


tell()
lines = b""
while True:
    pause = max(0, waiting[0][0] - time.monotonic()) if waiting else None
    readable, _, _ = select.select([near, far, 0], [], [], pause)
    if near in readable:
        read(near, far, "to-far")
    if far in readable:
        read(far, near, "to-near")
    while waiting and waiting[0][0] <= time.monotonic():
        _, _, out, packet = heapq.heappop(waiting)
        try:
            os.write(out, packet)
            count["carried"] += 1
        except OSError:
            count["lost"] += 1
    if 0 in readable:
        given = os.read(0, 65536)
        if not given:
            break
        *whole, lines = (lines + given).split(b"\n")
        for line in whole:
            faults = {"loss": 0, "delayMs": 0, "hole": None, **json.loads(line)}
            tell()
