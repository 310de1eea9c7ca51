"""One connection to a host: a Unix socket, or a host of one's own on standard input and output."""

from __future__ import annotations

import json
import select
import socket
import subprocess
import time
from collections import deque
from typing import Any, BinaryIO, Callable

from .errors import ConnectionEnded, EshError


class Connection:
    """Speaks JSON-RPC 2.0, one text a line. Calls block; one thread at a time."""

    def __init__(self, reading: BinaryIO, writing: BinaryIO, close: Callable[[], None]) -> None:
        """`reading` must not buffer, so that waiting for it sees all that has come."""
        self._reading = reading
        self._writing = writing
        self._close = close
        self._pending = b""
        self._last_id = 0
        #: What the host has told by itself, oldest first: `(method, params)`.
        self.notifications: deque[tuple[str, dict[str, Any]]] = deque()

    @classmethod
    def unix(cls, path: str) -> Connection:
        """Connects to the socket of a host that runs."""
        client = socket.socket(socket.AF_UNIX)
        client.connect(path)
        stream = client.makefile("rwb", buffering=0)

        def close() -> None:
            stream.close()
            client.close()

        return cls(stream, stream, close)  # type: ignore[arg-type]

    @classmethod
    def process(cls, *command: str) -> Connection:
        """Starts a host, such as `esh serve --stdio`, that ends with the connection."""
        host = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        assert host.stdin is not None and host.stdout is not None

        def close() -> None:
            host.stdin.close()  # type: ignore[union-attr]
            host.wait(timeout=30)
            host.stdout.close()  # type: ignore[union-attr]

        return cls(host.stdout, host.stdin, close)  # type: ignore[arg-type]

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._close()

    def call(self, method: str, params: dict[str, Any]) -> Any:
        """Asks, and waits for the answer; a refusal is raised as `EshError`."""
        self._last_id += 1
        self._send({"jsonrpc": "2.0", "id": self._last_id, "method": method, "params": params})
        while True:
            message = self._receive(None)
            assert message is not None
            if "method" in message:
                self.notifications.append((message["method"], message.get("params") or {}))
            elif message.get("id") == self._last_id:
                if "error" in message:
                    raise EshError(message["error"])
                return message["result"]

    def notify(self, method: str, params: dict[str, Any]) -> None:
        """Says something that has no answer."""
        self._send({"jsonrpc": "2.0", "method": method, "params": params})

    def wait(self, method: str, seconds: float) -> dict[str, Any] | None:
        """The params of the next such notification, now or later; None when none came in time."""
        for index, (name, params) in enumerate(self.notifications):
            if name == method:
                del self.notifications[index]
                return params
        deadline = time.monotonic() + seconds
        while (message := self._receive(deadline)) is not None:
            if message.get("method") == method:
                return message.get("params") or {}
            if "method" in message:
                self.notifications.append((message["method"], message.get("params") or {}))
        return None

    def _send(self, message: dict[str, Any]) -> None:
        data = memoryview(json.dumps(message, ensure_ascii=False).encode() + b"\n")
        while data:
            data = data[self._writing.write(data) :]

    def _receive(self, deadline: float | None) -> dict[str, Any] | None:
        while b"\n" not in self._pending:
            if deadline is not None:
                left = max(0.0, deadline - time.monotonic())
                if not select.select([self._reading], [], [], left)[0]:
                    return None
            chunk = self._reading.read(1 << 16)
            if not chunk:
                raise ConnectionEnded("the host has ended the connection")
            self._pending += chunk
        line, self._pending = self._pending.split(b"\n", 1)
        message: dict[str, Any] = json.loads(line)
        return message
