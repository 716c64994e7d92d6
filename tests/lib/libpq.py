"""A connection to PostgreSQL over libpq, which the program needs anyway: psql takes 35 ms to start.

What comes back is what "psql -qAt" prints: rows by lines, columns by "|", NULL as nothing.
"""
import ctypes
import ctypes.util

OK, IDLE = 0, 0  # PQstatus, PQtransactionStatus
COMMAND, TUPLES, COPY_OUT = 1, 2, 3


def load():
    library = ctypes.CDLL(ctypes.util.find_library("pq") or "libpq.so.5")
    pointer, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
    for name, result, *arguments in (
            ("PQconnectdbParams", pointer, ctypes.POINTER(text), ctypes.POINTER(text), number),
            ("PQstatus", number, pointer), ("PQerrorMessage", text, pointer),
            ("PQfinish", None, pointer), ("PQtransactionStatus", number, pointer),
            ("PQsendQuery", number, pointer, text), ("PQgetResult", pointer, pointer),
            ("PQresultStatus", number, pointer), ("PQresultErrorMessage", text, pointer),
            ("PQntuples", number, pointer), ("PQnfields", number, pointer),
            ("PQgetvalue", text, pointer, number, number), ("PQclear", None, pointer),
            ("PQgetCopyData", number, pointer, ctypes.POINTER(pointer), number),
            ("PQfreemem", None, pointer), ("PQsetNoticeProcessor", pointer, pointer, pointer, pointer)):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


class Refused(RuntimeError):
    pass


class Connection:
    library = None

    def __init__(self, **options):
        Connection.library = Connection.library or load()
        names, values = ((ctypes.c_char_p * (len(options) + 1))(*(one.encode() for one in what), None)
                         for what in (options, options.values()))
        self.handle = self.library.PQconnectdbParams(names, values, 0)
        if self.library.PQstatus(self.handle) != OK:
            text = self.said(self.library.PQerrorMessage(self.handle))
            self.close()
            raise Refused(text)
        self.library.PQsetNoticeProcessor(self.handle, ctypes.cast(QUIET, ctypes.c_void_p), None)

    @staticmethod
    def said(text):
        return (text or b"").decode().strip()

    def is_clean(self):
        """Connected, and in no transaction."""
        return self.handle is not None and self.library.PQstatus(self.handle) == OK and \
            self.library.PQtransactionStatus(self.handle) == IDLE

    def read_copy(self):
        line, out = ctypes.c_void_p(), b""
        while (count := self.library.PQgetCopyData(self.handle, ctypes.byref(line), 0)) > 0:
            out += ctypes.string_at(line, count)
            self.library.PQfreemem(line)
        return out.decode()

    def read(self, result):
        status = self.library.PQresultStatus(result)
        if status == COPY_OUT:
            return self.read_copy()
        if status == TUPLES:
            columns = range(self.library.PQnfields(result))
            return "".join("|".join(self.library.PQgetvalue(result, row, column).decode()
                                    for column in columns) + "\n"
                           for row in range(self.library.PQntuples(result)))
        if status != COMMAND:
            raise Refused(self.said(self.library.PQresultErrorMessage(result)))
        return ""

    def ask(self, sql):
        """All statements, in one transaction unless they say otherwise."""
        if not self.library.PQsendQuery(self.handle, sql.encode()):
            raise Refused(self.said(self.library.PQerrorMessage(self.handle)))
        out, fault = "", None
        while result := self.library.PQgetResult(self.handle):
            try:
                out += self.read(result)
            except Refused as refused:
                fault = fault or refused
            finally:
                self.library.PQclear(result)
        if fault:
            raise fault
        return out

    def close(self):
        if self.handle is not None:
            self.library.PQfinish(self.handle)
        self.handle = None


QUIET = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_char_p)(lambda _, __: None)
