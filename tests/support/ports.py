"""Ports for servers that a test starts."""
import contextlib
import random
import socket


def free_port():
    """A port that was free just now, below those that Linux gives to connections and to listeners on port 0."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as s, contextlib.suppress(OSError):
            s.bind(("127.0.0.1", port))
            return port
