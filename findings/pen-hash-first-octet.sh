#!/usr/bin/env bash
# pen 0.34.1 (Debian 12), -h: with 2, 4 or 8 servers all clients of one /8 network reach one server.
#
# Expected: "a hash on the client IP address" spreads 600 addresses over four servers.
# Seen on a little-endian machine: 600 clients of 127.0.0.0/8 all reach the fourth of four servers; over three servers they
# are spread 201, 200, 199. The server is the address modulo the number of servers, with the address as it stands in
# memory, so its first octet is the lowest byte: for a power of two only this octet counts. An office behind 10.0.0.0/8
# is one server's.
#
# Exits 1 if the clients reach more than one of four servers, or not all of three.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq download pen=0.34.1-2+b1 libgeoip1 2>/dev/null
for package in *.deb; do dpkg -x "$package" .; done
export LD_LIBRARY_PATH=$(dirname "$(find . -name 'libGeoIP.so*' | head -1)")
cat > try.py <<'PY'
import collections, socket, subprocess, threading, time

def serve():
    listener = socket.create_server(("127.0.0.1", 0), backlog=100)
    port = listener.getsockname()[1]
    def loop():
        while True:
            connection, _ = listener.accept()
            connection.sendall(str(port).encode())
            connection.close()
    threading.Thread(target=loop, daemon=True).start()
    return port

ports = [serve() for _ in range(4)]
clients = [f"127.{1 + i % 7}.{i // 250}.{1 + i % 250}" for i in range(600)]

def counts(ports):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    servers = [f"127.0.0.1:{each}" for each in ports]
    pen = subprocess.Popen(["usr/bin/pen", "-f", "-h", f"127.0.0.1:{port}", *servers], stderr=subprocess.DEVNULL)
    try:
        time.sleep(0.5)
        reached = collections.Counter()
        for client in clients:
            with socket.create_connection(("127.0.0.1", port), source_address=(client, 0)) as connection:
                reached[int(connection.recv(20))] += 1
        return [reached[each] for each in ports]
    finally:
        pen.terminate()
        pen.wait()

four, three = counts(ports), counts(ports[:3])
print("four servers:", four, "three servers:", three)
raise SystemExit(0 if sorted(four) == [0, 0, 0, 600] and min(three) > 150 else 1)
PY
python3 try.py
