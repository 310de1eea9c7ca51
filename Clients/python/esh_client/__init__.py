"""A typed client of ESh: a connection, and the methods of the host as functions."""

from .api import Api
from .connection import Connection
from .errors import ConnectionEnded, EshError

__all__ = ["Api", "Connection", "ConnectionEnded", "EshError"]
