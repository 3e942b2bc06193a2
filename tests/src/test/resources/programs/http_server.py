"""A threading HTTP server and urllib clients in one process; chunks, headers, errors."""
import hashlib, http.server, threading, urllib.error, urllib.request

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/missing":
            return self.send_error(404)
        self.send_response(200)
        self.send_header("X-Path", self.path)
        self.end_headers()
        self.wfile.write(self.path.encode() * 5000)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(201)
        self.end_headers()
        self.wfile.write(hashlib.sha256(body).hexdigest().encode())

    def log_message(self, *_): pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
base = f"http://127.0.0.1:{server.server_port}"
for n in range(10):
    with urllib.request.urlopen(f"{base}/{n}") as answer:
        print(answer.status, answer.headers["X-Path"], hashlib.md5(answer.read()).hexdigest())
with urllib.request.urlopen(base + "/post", data=b"x" * 300_000) as answer:
    print(answer.status, answer.read().decode())
try:
    urllib.request.urlopen(base + "/missing")
except urllib.error.HTTPError as e:
    print(e.code, e.reason)
server.shutdown()
