# SPDX-License-Identifier: Apache-2.0
"""A FastCGI client, small enough to send what a front server never would."""
import socket
import struct

BEGIN, ABORT, END, PARAMS, STDIN, STDOUT, STDERR = 1, 2, 3, 4, 5, 6, 7
RESPONDER, KEEP_CONN = 1, 1


def record(kind, content=b"", request_id=1):
    padding = -len(content) % 8
    return struct.pack("!BBHHBx", 1, kind, request_id, len(content), padding) + content + b"\0" * padding


def stream(kind, data, request_id=1):
    """A whole stream: records of at most 65535 bytes and the empty one that ends it."""
    out = b""
    for at in range(0, len(data), 65528):
        out += record(kind, data[at:at + 65528], request_id)
    return out + record(kind, b"", request_id)


def _length(size):
    return struct.pack("!B", size) if size < 128 else struct.pack("!I", size | 0x80000000)


def encode_params(params):
    out = b""
    for name, value in params.items():
        name, value = name.encode(), value.encode() if isinstance(value, str) else value
        out += _length(len(name)) + _length(len(value)) + name + value
    return out


def begin(keep=False, role=RESPONDER, request_id=1):
    return record(BEGIN, struct.pack("!HB5x", role, KEEP_CONN if keep else 0), request_id)


def cgi(method, path, body=b"", headers=None, **more):
    path, _, query = path.partition("?")
    params = {
        "REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8774", "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "127.0.0.1:8774",
    }
    if body or method in ("POST", "PUT"):
        params["CONTENT_LENGTH"] = str(len(body))
    for name, value in (headers or {}).items():
        name = name.upper().replace("-", "_")
        params[name if name in ("CONTENT_TYPE", "CONTENT_LENGTH") else "HTTP_" + name] = value
    params.update(more)
    return params


class Answer:
    def __init__(self, raw, errors, ended):
        head, _, self.body = raw.partition(b"\r\n\r\n")
        self.raw, self.errors, self.ended = raw, errors, ended
        self.headers = [tuple(line.split(": ", 1)) for line in head.decode().split("\r\n") if ": " in line]
        self.status = int(dict(self.headers).get("Status", "200").split()[0]) if raw else 0

    def header(self, name):
        for key, value in self.headers:
            if key.lower() == name.lower():
                return value
        return None

    @property
    def text(self):
        return self.body.decode()


class Connection:
    """One connection to a FastCGI socket: a path, or (host, port)."""

    def __init__(self, address, timeout=30):
        family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        self.socket.settimeout(timeout)
        self.socket.connect(address)
        self.left = b""

    def close(self):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def send_request(self, method, path, body=b"", headers=None, keep=False, params=None, **more):
        params = params or cgi(method, path, body, headers, **more)
        self.send(begin(keep) + stream(PARAMS, encode_params(params)) + stream(STDIN, body))

    def _read(self, size):
        while len(self.left) < size:
            got = self.socket.recv(65536)
            if not got:
                return None
            self.left += got
        data, self.left = self.left[:size], self.left[size:]
        return data

    def answer(self):
        out, errors, ended = b"", b"", False
        while not ended:
            head = self._read(8)
            if head is None:
                break
            _, kind, _, size, padding = struct.unpack("!BBHHBx", head)
            content = self._read(size + padding) if size + padding else b""
            if content is None:
                break
            content = content[:size]
            if kind == STDOUT:
                out += content
            elif kind == STDERR:
                errors += content
            elif kind == END:
                ended = True
        return Answer(out, errors, ended)

    def closed_by_peer(self, within=5):
        self.socket.settimeout(within)
        try:
            return self.socket.recv(1) == b""
        except ConnectionResetError:
            return True
        except TimeoutError:
            return False


def request(address, method="GET", path="/", body=b"", headers=None, timeout=30, **more):
    connection = Connection(address, timeout)
    try:
        connection.send_request(method, path, body, headers, **more)
        return connection.answer()
    finally:
        connection.close()
