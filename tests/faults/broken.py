"""Files from outside: packs and archives that are not what they should be."""
import io
import os
import pathlib
import shutil
import subprocess
import tempfile
import zipfile

from ending import need, town
from serving import TOP, Server, program


def check_pack(change):
    """What the program says of a copy of a pack in which something was changed."""
    with tempfile.TemporaryDirectory(prefix="uprava-test-") as folder:
        pack = pathlib.Path(folder) / "base"
        shutil.copytree(TOP / "packs/base", pack)
        change(pack)
        done = subprocess.run([program(), "pack", "check", str(pack)], capture_output=True,
                              text=True, timeout=60, cwd=TOP)
        return done.stdout + done.stderr, done.returncode


def replace(name, old, new):
    def change(pack):
        text = (pack / name).read_text()
        need(old in text, f"{name} has no {old}")
        (pack / name).write_text(text.replace(old, new, 1))
    return change


def append_bytes(name, data):
    return lambda pack: (pack / name).write_bytes((pack / name).read_bytes() + data)


def case_broken_packs():
    """of a broken pack file and line are named"""
    register = "registers/person.json"
    changes = {
        "half a file": lambda pack: (pack / register).write_text("{\n  \"a\": [1,\n"),
        "a type that is none": replace(register, '"type": "string"', '"type": "strong"'),
        "a reference to nothing": replace(register, "base.address", "base.nowhere"),
        "a key that is no field": replace(register, '"key": ["snils"]', '"key": ["nothing"]'),
        "broken UTF-8": append_bytes(register, b"\xff\xfe"),
        "deep": lambda pack: (pack / register).write_text("[" * 100000),
    }
    for name, change in changes.items():
        said, status = check_pack(change)
        need(status > 0, f"{name}: it ends with {status}: {said[:600]}")
        need(any(f"{register}:{line}" in said for line in range(1, 200)),
             f"{name}: it says {said[:600]}")
    said, status = check_pack(lambda pack: None)
    need(status == 0, f"the pack itself: {said}")


def import_file(folder, tenant, register, path):
    return subprocess.run([program(), "import", tenant, register, str(path), "--data",
                           str(folder.data)], capture_output=True, text=True, timeout=120)


def zip_of(entries):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return out.getvalue()


def case_bad_zips():
    """bombs and wrong zips are refused with a sentence, and the server goes on"""
    xml = b'<?xml version="1.0" encoding="utf-8"?><ADDRESSOBJECTS>'
    objects = "AS_ADDR_OBJ_20260101_a.XML"
    nested = zip_of([("a.zip", zip_of([("b.xml", b"x" * 1000000)]))])
    files = {
        "bomb": zip_of([(objects, xml + b" " * 100_000_000 + b"</ADDRESSOBJECTS>")]),
        "entities": zip_of([(objects, b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">'
                             + b"".join(b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10)
                                        for i in range(9)) + b"]><ADDRESSOBJECTS>&j;"
                             b"</ADDRESSOBJECTS>")]),
        "outside": zip_of([("../../" + objects, xml)]),
        "cut": zip_of([(objects, xml + os.urandom(50000))])[:20000],
        "nested": nested,
        "empty": zip_of([]),
    }
    with town() as (folder, tenant, _):
        server = Server(folder)
        for name, data in files.items():
            path = folder.path / f"{name}.zip"
            path.write_bytes(data)
            done = import_file(folder, tenant, "base.address", path)
            said = done.stdout + done.stderr
            need(done.returncode > 0 and said.strip() and "Sanitizer" not in said,
                 f"{name}: it ends with {done.returncode}: {said[:500]}")
            need(server.is_alive(), f"{name}: the server is gone: {server.read_log()[-1500:]}")
        need("hold" in folder.call("verify", tenant), "the journal does not hold")
        server.stop()
