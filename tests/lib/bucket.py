"""A local S3 server (s3rver), and a line to it that can be cut in the middle."""
import hashlib
import hmac
import http.client
import http.server
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import threading
import time

from serving import Fault, TOP

KEY = "S3RVER"
START_S = 60


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def signature(secret, method, target, headers, signed, scope, moment, payload):
    """What AWS Signature Version 4 says, written down from its description."""
    path, _, query = target.partition("?")
    pairs = sorted(part if "=" in part else part + "=" for part in query.split("&") if part)
    canonical = "\n".join([
        method, path, "&".join(pairs),
        *[f"{name}:{' '.join(headers[name].split())}" for name in signed], "",
        ";".join(signed), payload])
    text = "\n".join(["AWS4-HMAC-SHA256", moment, scope,
                      hashlib.sha256(canonical.encode()).hexdigest()])
    key = ("AWS4" + secret).encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


class Gate(http.server.BaseHTTPRequestHandler):
    """s3rver looks at the name of a key only: this stands before it and checks the signatures."""
    protocol_version = "HTTP/1.1"
    port = 0

    def log_message(self, *_):
        pass

    def refuse(self, code):
        body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>no</Message></Error>"
        self.send_response(403)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def fault(self, body):
        headers = {name.lower(): value for name, value in self.headers.items()}
        kind, _, rest = headers.get("authorization", "").partition(" ")
        given = dict(part.strip().split("=", 1) for part in rest.split(",") if "=" in part)
        if kind != "AWS4-HMAC-SHA256" or not {"Credential", "SignedHeaders"} <= set(given):
            return "AccessDenied"
        who, _, scope = given["Credential"].partition("/")
        if who != KEY:
            return "InvalidAccessKeyId"
        payload = headers.get("x-amz-content-sha256", "")
        if payload != hashlib.sha256(body).hexdigest():
            return "XAmzContentSHA256Mismatch"
        signed = given["SignedHeaders"].split(";")
        if not {"host", "x-amz-content-sha256", "x-amz-date"} <= set(signed):
            return "AccessDenied"
        right = signature(KEY, self.command, self.path, headers, signed, scope,
                          headers["x-amz-date"], payload)
        return None if right == given.get("Signature") else "SignatureDoesNotMatch"

    def pass_on(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = self.fault(body)
        if fault:
            self.refuse(fault)
            return
        store = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        self.close_connection = True  # unless all goes well
        try:
            store.request(self.command, self.path, body or None, dict(self.headers.items()))
            answer = store.getresponse()
            got = answer.read()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("connection", "keep-alive", "transfer-encoding",
                                        "content-length"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(got)))
            self.end_headers()
            self.wfile.write(got)
            self.close_connection = False
        except OSError:
            pass  # the store, or who asked, has gone
        finally:
            store.close()

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = pass_on


class Gates(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass  # whoever asked was cut off: some tests do that


class Bucket:
    """A server with one bucket whose objects lie in a folder."""

    def __init__(self, folder, name="copies"):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        self.name = name
        self.inner = free_port()
        self.server = None
        self.start()
        self.gate = Gates(("127.0.0.1", 0), type("Gate", (Gate,), {"port": self.inner}))
        self.port = self.gate.server_address[1]
        threading.Thread(target=self.gate.serve_forever, daemon=True).start()
        self.access = self.folder.parent / "s3"
        self.write_access()

    def start(self):
        tool = TOP / "tests/bucket/node_modules/.bin/s3rver"
        if not tool.exists():
            raise Fault("the S3 server for tests is not installed: script/setup --test")
        self.server = subprocess.Popen(
            [tool, "-d", self.folder, "-a", "127.0.0.1", "-p", str(self.inner), "-s",
             "--no-vhost-buckets", "--configure-bucket", self.name],
            # its tokens of lists are made with DES, which OpenSSL calls old
            env=dict(os.environ, NODE_OPTIONS="--openssl-legacy-provider"),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + START_S
        while True:
            try:
                with socket.create_connection(("127.0.0.1", self.inner), 1):
                    return
            except OSError:
                if self.server.poll() is not None or time.monotonic() > end:
                    raise Fault("the S3 server does not start") from None
                time.sleep(0.05)

    def stop(self):
        """Gone, as if its machine had failed."""
        if self.server:
            self.server.send_signal(signal.SIGKILL)
            self.server.wait()
        self.server = None

    def close(self):
        self.stop()
        self.gate.shutdown()
        self.gate.server_close()

    def write_access(self, port=None, key=KEY, secret=KEY):
        self.access.write_text(f"# for tests\nendpoint = http://127.0.0.1:{port or self.port}/\n"
                               f"key = {key}\nsecret = {secret}\n")
        self.access.chmod(0o600)

    def address(self, prefix=""):
        return f"s3://{self.name}/{prefix}" if prefix else f"s3://{self.name}"

    def objects(self):
        """Names of the objects and where their bytes lie."""
        mark = "._S3rver_object"
        top = self.folder / self.name
        return {str(path.relative_to(top))[:-len(mark)]: path
                for path in sorted(top.rglob("*" + mark))}

    def remove(self):
        """The bucket, with all in it, as if another had done it."""
        shutil.rmtree(self.folder / self.name)


class Line:
    """Passes bytes on to a port; cuts connections after so many bytes from the client."""

    def __init__(self, port):
        self.to = port
        self.cuts = 0      # how many connections more are cut
        self.after = 0     # behind so many bytes
        self.down_after = 0  # or behind so many of the answers'
        self.was_cut = 0
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listening.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.to))
            for one, other, is_up in ((client, server, True), (server, client, False)):
                threading.Thread(target=self.pass_on, args=(one, other, is_up), daemon=True).start()

    def pass_on(self, one, other, is_up):
        passed = 0
        try:
            while data := one.recv(65536):
                passed += len(data)
                limit = self.after if is_up else self.down_after
                if limit and self.cuts > 0 and passed > limit:
                    self.cuts -= 1
                    self.was_cut += 1
                    break
                other.sendall(data)
        except OSError:
            pass
        for end in (one, other):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self):
        self.listening.close()
