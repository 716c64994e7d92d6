"""Somebody with a browser that has no scripts: signs in, fills in forms."""
import html
import re
import urllib.parse

from serving import Client, Fault, password_of


class Visitor:
    def __init__(self, port, town):
        self.client, self.town = Client(port), town
        self.cookies = {}
        self.page = ""

    def ask(self, method, path, fields=None):
        headers = [("Cookie", "; ".join(f"{name}={value}" for name, value in self.cookies.items())),
                   ("Accept-Language", "ru")]
        body = None
        if fields is not None:
            body = urllib.parse.urlencode(fields).encode()
            headers.append(("Content-Type", "application/x-www-form-urlencoded"))
        answer = self.client.ask(method, f"/{self.town}{path}", headers, body)
        for name, value in answer.headers:
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.split(";")[0]
        self.page = answer.text()
        return answer

    def get(self, path):
        return self.ask("GET", path)

    def post(self, path, **fields):
        """With the token of the last page; follows to the page it leads to."""
        found = re.search(r'name="csrf" value="([^"]*)"', self.page)
        answer = self.ask("POST", path, {"csrf": html.unescape(found[1]) if found else "", **fields})
        if answer.status == 303:
            there = urllib.parse.urlsplit(answer.header("location")).path
            return self.get(there.removeprefix(f"/{self.town}"))
        return answer

    def sign_in(self, role):
        self.get("/sign-in")
        self.post("/sign-in", login=role, password=password_of(role))
        if "session" not in self.cookies:
            raise Fault(f"{role} cannot sign in: {self.page[:500]}")
        return self

    def close(self):
        self.client.close()
