"""A browser that leaves while a file is being sent leaves no open file behind."""

import gc
import socket
import struct
import time
from urllib.parse import urlsplit


def test_a_file_that_nobody_waits_for_is_closed(site: str) -> None:
    """Ask for a file, send what the server does not read, and reset the connection.

    An open file would be found by the collection: every warning is an error here.
    """
    address = urlsplit(site)
    for _ in range(20):
        caller = socket.create_connection((address.hostname, address.port))
        caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        caller.sendall(b"GET /static/mark.svg HTTP/1.1\r\nHost: x\r\n\r\n" + b"x" * 1000)
        time.sleep(0.005)
        caller.close()
    gc.collect()
