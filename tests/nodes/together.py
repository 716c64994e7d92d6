"""What is done on one server holds on the other."""
import os
import pathlib
import re
import subprocess
import tempfile

import database
from pair import Pair, Place, expect, within
from serving import TOP, Fault, Server, password_of, program

BOUND_S = 1.5  # NEWS_BOUND_MS and a machine that is busy with other things


def need(holds, sentence):
    if not holds:
        raise Fault(sentence)


def sign_in(pair, who, role):
    answer = expect(pair.ask(who, "POST", "/sign-in",
                             body=f"login={role}&password={password_of(role)}&back=/my/"), 303)
    return [("Cookie", re.search(r"session=[^;]+", answer.header("Set-Cookie"))[0])]


def user_page(pair, name):
    page = expect(pair.ask(0, "GET", "/admin/users", "admin"), 200).text()
    found = re.search(r'/admin/users/(\w{13})"[^>]*>\s*(?:<[^>]*>\s*)*' + name, page)
    if not found:
        raise Fault("no link to " + name + " in the list of users")
    return f"/admin/users/{found[1]}"


def case_sessions():
    """A session that ended on one server, and a blocked account, are over on the other within a second"""
    with Pair() as pair:
        clerk = sign_in(pair, 0, "clerk")
        for who in (0, 1):
            expect(pair.ask(who, "GET", "/api/v1/registers", headers=clerk), 200, "base.person")
            expect(pair.ask(who, "GET", "/api/v1/registers", "data"), 200, "base.person")
        page = pair.ask(0, "GET", "/my/", headers=clerk).text()
        csrf = re.search(r'name="csrf" value="([^"]+)"', page)[1]
        expect(pair.ask(0, "POST", "/sign-out", headers=clerk, body=f"csrf={csrf}"), 303)
        took = within(BOUND_S, "the end of a session", lambda: "base.person" not in pair.ask(
            1, "GET", "/api/v1/registers", headers=clerk).text())
        print(f"# a session was over on the other server after {took * 1000:.0f} ms")
        expect(pair.ask(0, "POST", user_page(pair, "Роль data") + "/block", "admin", "blocked=1"), 303)
        took = within(BOUND_S, "a blocked account", lambda: pair.ask(
            1, "GET", "/api/v1/registers", "data").status == 401)
        print(f"# a blocked account's token was refused after {took * 1000:.0f} ms")


def case_tenant():
    """A suspension, a domain, a setting and a pack reach the other server"""
    with Pair(packs="base") as pair:
        for who in (0, 1):
            expect(pair.ask(who, "GET", "/api/v1/registers", "data"), 200, "base.person")
        pair.call(0, "tenant", "suspend", pair.tenant)
        within(BOUND_S, "a suspension", lambda: pair.ask(1, "GET", "/").status == 503)
        pair.call(1, "tenant", "resume", pair.tenant)
        within(BOUND_S, "its end", lambda: pair.ask(0, "GET", "/").status == 200)
        pair.call(0, "tenant", "domain", pair.tenant, "gorod.example")
        within(BOUND_S, "a domain", lambda: "gorod.example" in pair.call(
            1, "tenant", "domain", pair.tenant))
        expect(pair.ask(1, "GET", "/api/v1/registers/housing.building", "data"), 404)
        pair.call(0, "pack", "install", pair.tenant, "housing")
        within(BOUND_S, "a pack", lambda: pair.ask(
            1, "GET", "/api/v1/registers", "data").text().find("housing.") > 0)


def case_files():
    """A file that one server took is imported by the other"""
    with Pair() as pair:
        body = ("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"k.csv\"\r\n"
                "Content-Type: text/csv\r\n\r\nname\r\nулица Общая\r\n\r\n--b--\r\n").encode()
        answer = pair.ask(0, "POST", "/api/v1/registers/base.street/imports", "data", body,
                          [("Content-Type", "multipart/form-data; boundary=b")])
        where = expect(answer, 201).header("Location").removeprefix("/" + pair.tenant)
        job = expect(pair.ask(1, "POST", where + "/check", "data"), 202).json()["job"]
        within(20, "the check of a file that the other server took", lambda: pair.ask(
            0, "GET", f"/api/v1/jobs/{job}", "data").json()["status"] == "done")
        expect(pair.ask(0, "GET", where, "data"), 200, '"checked"')
        files = list((pair.folder.path / "files" / pair.tenant).iterdir())
        if not files:
            raise Fault("nothing lies in the shared folder")


def refusal(place, *words):
    done = subprocess.run([program(), "serve", "--data", str(place.data), "--share",
                           str(place.share), "--port", "0"], capture_output=True, text=True,
                          timeout=60, env=dict(os.environ, **place.environment))
    if done.returncode != 2 or not all(word in done.stderr for word in words):
        raise Fault(f"status {done.returncode}: {done.stderr}")


def case_kinship():
    """A server with another key, or another folder of files, is refused with a sentence"""
    with Pair() as pair:
        refusal(Place(pair.folder, "stranger", shared=False), "one key", "--node-key")
        elsewhere = Place(pair.folder, "elsewhere")
        elsewhere.environment["UPRAVA_FILES"] = str(pair.folder.path / "other-files")
        refusal(elsewhere, "attachments", "--files")
        third = Server(Place(pair.folder, "third"))
        third.stop()


def case_from_files():
    """A municipality moves from files into a database, and comes back to files as a parcel"""
    with tempfile.TemporaryDirectory(prefix="uprava-test-") as home:
        home = pathlib.Path(home)
        base = database.Database()

        def call(*words, data):
            done = subprocess.run([program(), *words, "--data", str(home / data)], text=True, cwd=TOP,
                                  capture_output=True, timeout=60)
            need(done.returncode == 0, f"uprava {' '.join(words)}: {done.stderr.strip()}")
            return done.stdout

        try:
            store = ("--store", base.address())
            call("tenant", "create", "town", "Город", "--packs", "base", data="files")
            call("user", "create", "town", "anna", "Анна", "--password", "квашня и хлеб", data="files")
            said = call("tenant", "move", "town", "--to", str(home / "rows"), "--to-store",
                        base.address(), data="files")
            need("is there now" in said, said)
            need("suspended" in call("tenant", "list", data="files"), "it goes on in both places")
            need("active" in call("tenant", "list", *store, data="rows"), "it does not work there")
            need("anna" in call("user", "list", "town", *store, data="rows"), "an account is missing")
            need("hold" in call("verify", "town", *store, data="rows"), "the journal does not hold")
            call("tenant", "suspend", "town", *store, data="rows")
            call("tenant", "export", "town", str(home / "parcel"), *store, data="rows")
            call("tenant", "import", str(home / "parcel"), data="back")
            need("anna" in call("user", "list", "town", data="back"), "an account did not come back")
        finally:
            base.remove()
