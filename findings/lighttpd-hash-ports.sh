#!/usr/bin/env bash
# lighttpd 1.4.69 (Debian 12), proxy.balance = "hash": hosts that differ only in their port are one host to it.
#
# Expected: four backends on one machine, four ports, share 1,000 paths about equally.
# Seen: the first of the list has 1,000 of 1,000. The score of a backend for a path is made of its host without the
# port, so all four have the same, and the first of equal ones wins. "round-robin" gives each 250.
#
# Exits 1 if another backend than the first has a path under "hash", or "round-robin" is not even.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq download lighttpd=1.4.69-1 libnettle8 libxxhash0 2>/dev/null
for package in *.deb; do dpkg -x "$package" .; done
export LD_LIBRARY_PATH=$(dirname "$(find . -name 'libnettle.so*' | head -1)")
cat > try.py <<'PY'
import collections, http.client, http.server, os, socket, subprocess, threading, time

class Backend(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        body = str(self.server.server_address[1]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass

servers = [http.server.ThreadingHTTPServer(("127.0.0.1", 0), Backend) for _ in range(4)]
for server in servers:
    threading.Thread(target=server.serve_forever, daemon=True).start()
ports = [server.server_address[1] for server in servers]

def shares(balance):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    hosts = ", ".join(f'( "host" => "127.0.0.1", "port" => {each} )' for each in ports)
    with open("lighttpd.conf", "w") as config:
        config.write(f'server.document-root = "{os.getcwd()}"\nserver.port = {port}\nserver.bind = "127.0.0.1"\n'
                     f'server.modules = ( "mod_proxy" )\nproxy.balance = "{balance}"\n'
                     f'proxy.server = ( "" => ( {hosts} ) )\n')
    proxy = subprocess.Popen(["usr/sbin/lighttpd", "-D", "-f", "lighttpd.conf", "-m", "usr/lib/lighttpd"],
                             stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.05)
        client = http.client.HTTPConnection("127.0.0.1", port)
        counts = collections.Counter()
        for number in range(1000):
            client.request("GET", f"/item/{number}")
            counts[int(client.getresponse().read())] += 1
        return [counts[each] for each in ports]
    finally:
        proxy.terminate()
        proxy.wait()

hashed, turns = shares("hash"), shares("round-robin")
print("hash:", hashed, "round-robin:", turns)
raise SystemExit(0 if hashed == [1000, 0, 0, 0] and turns == [250] * 4 else 1)
PY
python3 try.py
