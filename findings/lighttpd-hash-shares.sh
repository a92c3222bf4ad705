#!/usr/bin/env bash
# lighttpd 1.4.69 (Debian 12), proxy.balance = "hash": equal backends get from less than half to three times their
# share, however many paths there are.
#
# Expected: the highest score wins (rendezvous), so seven backends have 14.3% of 3,000 distinct paths each, within
# chance (13% to 16%).
# Seen, for the addresses 127.0.0.2 to 127.0.0.8: 13, 11, 7, 7, 6, 6 and 50%. The scores of a path for the
# backends come from one checksum that is linear, so they are not independent: which of two backends wins
# often decides a third. More paths do not help. A removed backend still moves only its own paths.
#
# Exits 1 if the largest share is below 40% or the smallest above 9%.
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
        body = self.connection.getsockname()[0].encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass

server = http.server.ThreadingHTTPServer(("0.0.0.0", 0), Backend)
threading.Thread(target=server.serve_forever, daemon=True).start()
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
names = [f"127.0.0.{number}" for number in range(2, 9)]
hosts = ", ".join(f'( "host" => "{name}", "port" => {server.server_address[1]} )' for name in names)
with open("lighttpd.conf", "w") as config:
    config.write(f'server.document-root = "{os.getcwd()}"\nserver.port = {port}\nserver.bind = "127.0.0.1"\n'
                 f'server.modules = ( "mod_proxy" )\nproxy.balance = "hash"\nproxy.server = ( "" => ( {hosts} ) )\n')
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
    for number in range(3000):
        client.request("GET", f"/img/{number * 2654435761 % 2**32:08x}/{number}.jpg")
        counts[client.getresponse().read().decode()] += 1
finally:
    proxy.terminate()
    proxy.wait()
shares = [counts[name] / 3000 for name in names]
print("shares:", " ".join(f"{share:.1%}" for share in shares))
raise SystemExit(0 if max(shares) >= 0.4 and min(shares) <= 0.09 else 1)
PY
python3 try.py
