"""A small IMAP server on loopback with TLS: one account, one folder, the commands of a reader. On a thread of its own."""

from __future__ import annotations

import base64
import re
import socket
import ssl
import threading
from collections.abc import Callable
from pathlib import Path

import trustme

USER, PASSWORD = "zurueck", "geheim"


class ImapServer:
    """Holds `mails`; those in `seen` are read. `port` and `ca_file` lead to it."""

    def __init__(self, folder: Path, name: str = "localhost") -> None:
        self.mails: list[bytes] = []
        self.seen: set[int] = set()
        self.takes_token: Callable[[str], bool] = lambda _token: False
        self.tokens: list[str] = []
        authority = trustme.CA()
        self.ca_file = folder / "imap-authority.pem"
        authority.cert_pem.write_to_path(str(self.ca_file))
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(name).configure_cert(self._context)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accepts, name="imap-server")
        self._thread.start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _accepts(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            try:
                with connection, self._context.wrap_socket(connection, server_side=True) as tls, tls.makefile("rwb") as stream:
                    stream.write(b"* OK ready\r\n")
                    stream.flush()
                    while line := stream.readline():
                        if b"AUTHENTICATE XOAUTH2" in line:
                            stream.write(b"+ \r\n")
                            stream.flush()
                            good = self._opens(stream.readline())
                            if not good:
                                stream.write(b"+ eyJzdGF0dXMiOiI0MDEifQ==\r\n")
                                stream.flush()
                                stream.readline()
                            stream.write(line.split()[0] + (b" OK done\r\n" if good else b" NO refused\r\n"))
                        else:
                            stream.write(self._answer(line.decode().rstrip()))
                        stream.flush()
            except OSError:
                continue

    def _opens(self, line: bytes) -> bool:
        user, token = base64.b64decode(line).decode().removesuffix("\x01\x01").split("\x01")
        self.tokens.append(token.removeprefix("auth=Bearer "))
        return user == f"user={USER}" and self.takes_token(self.tokens[-1])

    def _answer(self, line: str) -> bytes:
        tag, _, command = line.partition(" ")
        said, ok = b"", True
        match command.upper().split():
            case ["CAPABILITY", *_]:
                said = b"* CAPABILITY IMAP4rev1\r\n"
            case ["LOGIN", *_]:
                ok = command.split(" ", 2)[1:] == [USER, f'"{PASSWORD}"']
            case ["SELECT", folder]:
                said, ok = f"* {len(self.mails)} EXISTS\r\n".encode(), folder == "INBOX"
            case ["UID", "SEARCH", "UNSEEN"]:
                said = f"* SEARCH {' '.join(str(uid) for uid in range(1, len(self.mails) + 1) if uid not in self.seen)}\r\n".encode()
            case ["UID", "FETCH", uid, "(BODY.PEEK[])"]:
                mail = self.mails[int(uid) - 1]
                said = f"* {uid} FETCH (UID {uid} BODY[] {{{len(mail)}}}\r\n".encode() + mail + b")\r\n"
            case ["UID", "STORE", uids, "+FLAGS.SILENT", flag]:
                ok = flag == "(\\SEEN)"
                self.seen.update(int(uid) for uid in re.findall(r"\d+", uids))
            case ["LOGOUT"]:
                said = b"* BYE\r\n"
            case _:
                ok = False
        return said + f"{tag} {'OK' if ok else 'NO'} done\r\n".encode()
