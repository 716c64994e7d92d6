"""Clients that send too much, too slowly, too many or nonsense."""
import contextlib
import http.client
import resource
import socket
import threading
import time

from serving import Answer, Client, Fault, ask_raw

RECORDS = "/api/v1/registers/base.organization/records"


def need(holds, what):
    if not holds:
        raise Fault(what)


def head(world, method="POST", *lines):
    return "\r\n".join((f"{method} /{world.tenant}{RECORDS} HTTP/1.1", "Host: localhost",
                        f"Authorization: Bearer {world.tokens['clerk']}",
                        "Content-Type: application/json", *lines, "", "")).encode()


def ask_well(world):
    """An ordinary request, and how long it took."""
    began = time.monotonic()
    client = Client(world.port)
    answer = client.ask("GET", f"/{world.tenant}{RECORDS}?limit=1", [
        ("Authorization", f"Bearer {world.tokens['clerk']}")])
    client.close()
    need(answer.status == 200, f"an ordinary request is answered {answer.status}")
    return time.monotonic() - began


def connect(world):
    return socket.create_connection(("127.0.0.1", world.port), timeout=30)


def read_answer(connection):
    got = http.client.HTTPResponse(connection)
    try:
        got.begin()
        return Answer(got.status, got.getheaders(), got.read())
    except (http.client.HTTPException, ConnectionError):
        return None


def need_refused(answer, statuses):
    need(answer is not None and answer.status in statuses,
         f"it is answered {answer and answer.status}: {answer and answer.text()[:300]}")


def case_huge_body(world):
    """a body of 1 GB is refused before it is read"""
    for extra in ((), ("Expect: 100-continue",)):
        began = time.monotonic()
        answer = ask_raw(world.port, head(world, "POST", "Content-Length: 1073741824", *extra))
        need_refused(answer, (413,))
        need(time.monotonic() - began < 5, "the refusal took 5 s")


def case_many_headers(world):
    """a thousand headers, or one of 100 kB, are refused"""
    many = [f"X-{i}: x" for i in range(1000)]
    need_refused(ask_raw(world.port, head(world, "GET", *many)), (431,))
    need_refused(ask_raw(world.port, head(world, "GET", "X-Long: " + "x" * 100000)), (431,))


def case_deep_json(world):
    """JSON of a hundred thousand brackets is refused with a sentence"""
    for body in (b"[" * 100000, b'{"data":' * 50000, b"[" * 50000 + b"]" * 50000):
        answer = ask_raw(world.port, head(world, "POST", f"Content-Length: {len(body)}") + body)
        need_refused(answer, (400, 413, 422))
        need("deep" in answer.text() or answer.status == 413, f"it says {answer.text()[:300]}")


def case_endless_chunks(world):
    """a chunked body without end is refused at the limit, and not listened to for long"""
    chunk = b"8000\r\n" + b" " * 0x8000 + b"\r\n"
    began = time.monotonic()
    with connect(world) as connection:
        connection.sendall(head(world, "POST", "Transfer-Encoding: chunked"))
        with contextlib.suppress(ConnectionError):
            while time.monotonic() - began < 10:
                connection.sendall(chunk)
    need(time.monotonic() - began < 10, "it was listened to for 10 s")
    need_refused(ask_raw(world.port, head(world, "POST", "Transfer-Encoding: chunked")
                         + chunk * 40), (413,))


def case_pipelined_garbage(world):
    """behind a good request nonsense is refused and the connection closed; the good one counts"""
    with connect(world) as connection:
        connection.sendall(head(world, "GET") + b"\x16\x03\x01\x00\xff nonsense\r\n\r\n" + b"\0" * 999)
        data = b""
        with contextlib.suppress(ConnectionError):
            while got := connection.recv(65536):
                data += got
    need(data.startswith(b"HTTP/1.1 200 ") and data.count(b"HTTP/1.1 ") == 2 and
         b"HTTP/1.1 400 " in data, f"the answers are {data[-600:]}")


def drip(world, first, results, drops):
    """One byte now and then: what the server said, and after how long."""
    began = time.monotonic()
    with contextlib.suppress(OSError), connect(world) as connection:
        connection.sendall(first)
        connection.settimeout(0.7)
        for byte in drops:
            with contextlib.suppress(TimeoutError):
                results.append((connection.recv(300)[:12], time.monotonic() - began))
                return
            connection.sendall(byte)
    results.append((b"closed", time.monotonic() - began))


def case_slow_clients(world):
    """clients that send a byte now and then are cut off, and hinder nobody"""
    slow_head, slow_body = [], []
    tasks = [threading.Thread(target=drip, args=(world, b"GET / HTTP/1.1\r\nX-Slow: ", slow_head,
                                                 [b"x"] * 60)) for _ in range(50)]
    tasks += [threading.Thread(target=drip, args=(
        world, head(world, "POST", "Content-Length: 20000"), slow_body, [b" "] * 60))
        for _ in range(50)]
    for task in tasks:
        task.start()
    longest = 0
    while any(task.is_alive() for task in tasks):
        longest = max(longest, ask_well(world))
        time.sleep(0.3)
    need(longest < 5, f"an ordinary request took {longest:.1f} s meanwhile")
    for results in (slow_head, slow_body):
        slowest = max(seconds for _, seconds in results)
        need(len(results) == 50 and slowest < 35, f"they lasted {slowest:.0f} s")
        need(all(said in (b"HTTP/1.1 408", b"", b"closed") for said, _ in results), f"{results[:5]}")


def case_idle_connections(world):
    """while 2,000 connections lie idle, others are served"""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    need(hard == resource.RLIM_INFINITY or hard >= 2200, f"only {hard} files may be open here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2200), hard))
    with contextlib.ExitStack() as stack:
        for _ in range(2000):
            stack.enter_context(connect(world))
        longest = max(ask_well(world) for _ in range(50))
        need(longest < 5, f"an ordinary request took {longest:.1f} s")
    ask_well(world)


def case_busy_pool(world):
    """when too much waits for the pool some are told to come again, all are answered"""
    sign_in = (f"POST /{world.tenant}/sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 26\r\n"
               "Content-Type: application/x-www-form-urlencoded\r\n\r\nlogin=nobody&password=none").encode()
    search = f"GET /{world.tenant}/search?q=дом HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    search = search.replace("дом".encode(), b"%D0%B4%D0%BE%D0%BC")
    with contextlib.ExitStack() as stack:
        connections = [stack.enter_context(connect(world)) for _ in range(1800)]
        for i, connection in enumerate(connections):
            connection.sendall(sign_in if i < 60 else search)
        statuses = {}
        for connection in connections:
            connection.settimeout(60)
            answer = read_answer(connection)
            status = answer.status if answer else "closed"
            statuses[status] = statuses.get(status, 0) + 1
    need(statuses.get(503, 0) > 0 and statuses.get(200, 0) > 500 and
         set(statuses) <= {200, 401, 403, 422, 429, 503}, f"the answers are {statuses}")
    ask_well(world)
