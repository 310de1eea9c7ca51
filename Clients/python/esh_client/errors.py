"""What can go wrong with a call."""

from typing import Any


class EshError(Exception):
    """The host refused: the error object of JSON-RPC. `kind` is a stable word for programs, `message` for people."""

    def __init__(self, error: dict[str, Any]) -> None:
        self.code: int = error["code"]
        self.message: str = error["message"]
        self.data: dict[str, Any] = error.get("data") or {}
        self.kind: str = self.data.get("kind", "")
        super().__init__(f"{self.message} ({self.kind})" if self.kind else self.message)


class ConnectionEnded(Exception):
    """The host closed the connection, or has gone."""
