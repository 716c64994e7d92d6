"""A local mail server (smtp-server, npm), and a gateway for SMS; both on ports of their own."""
import email
import email.header
import http.server
import json
import pathlib
import subprocess
import threading

from serving import Fault, TOP

LOGIN, PASSWORD = "uprava", "right-password"


class Letter:
    def __init__(self, path):
        head, _, text = path.read_bytes().decode().partition("\n")
        self.envelope = json.loads(head)
        self.text = text
        self.parsed = email.message_from_string(text)

    def header(self, name):
        value = self.parsed[name]
        return None if value is None else str(
            email.header.make_header(email.header.decode_header(value)))

    def body(self):
        return self.parsed.get_payload(decode=True).decode()


def make_certificate(folder):
    """Of 127.0.0.1, vouched for by nobody but itself."""
    key, certificate = folder / "mail.key", folder / "mail.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                    "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
                    "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return key, certificate


class Post:
    """Letters it took lie in a folder."""

    def __init__(self, folder, *options):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(exist_ok=True)
        if not (TOP / "tests/notice/node_modules").exists():
            raise Fault("the mail server for tests is not installed: script/setup --test")
        self.process = subprocess.Popen(
            ["node", TOP / "tests/notice/smtp.mjs", self.folder, *map(str, options)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        line = self.process.stdout.readline()
        if not line:
            raise Fault("the mail server does not start")
        self.port = int(line)

    def letters(self):
        names = sorted(self.folder.glob("*.eml"), key=lambda path: int(path.stem))
        return [Letter(path) for path in names]

    def be_strict(self, is_strict):
        """Whether who a letter is for says what becomes of it."""
        mark = self.folder / "strict"
        if is_strict:
            mark.touch()
        else:
            mark.unlink(missing_ok=True)

    def asked(self):
        path = self.folder / "asked"
        return path.read_text().split("\n")[:-1] if path.exists() else []

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


class Gateway:
    """Takes SMS; answers what it is told to."""

    def __init__(self):
        self.taken = []
        self.status, self.answer = 200, b'{"accepted": true}'
        gateway = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):  # noqa: N802
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                gateway.taken.append((self.path, dict(self.headers.items()), body))
                self.send_response(gateway.status)
                self.send_header("Content-Length", str(len(gateway.answer)))
                self.end_headers()
                self.wfile.write(gateway.answer)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
