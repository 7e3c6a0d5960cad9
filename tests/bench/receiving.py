"""The receiver that deliveries are measured against: a process that answers 200 and remembers when what came."""

from __future__ import annotations

import asyncio
import sys
import time

import orjson

ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
READ_BYTES = 1 << 20


class Receiving(asyncio.Protocol):
    """One connection; each body stands in `came` with the moment of its arrival."""

    came: list[tuple[bytes, float]]
    wanted: int
    enough: asyncio.Event

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport, self._read = transport, b""

    def data_received(self, data: bytes) -> None:
        self._read += data
        while (end := self._read.find(b"\r\n\r\n")) >= 0:
            length = int(self._read[:end].partition(b"content-length: ")[2].partition(b"\r\n")[0])
            if len(self._read) < end + 4 + length:
                return
            self.came.append((self._read[end + 4 : end + 4 + length], time.monotonic()))
            self._read = self._read[end + 4 + length :]
            self._transport.write(ANSWER)
        if len(self.came) >= self.wanted:
            self.enough.set()


async def receive(entries: int) -> None:
    """Say the port, receive so many, say when each came first."""
    Receiving.came, Receiving.wanted, Receiving.enough = [], entries, asyncio.Event()
    server = await asyncio.get_running_loop().create_server(Receiving, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await Receiving.enough.wait()
    first: dict[str, float] = {}
    for body, at in Receiving.came:
        first.setdefault(str(orjson.loads(body)["position"]), at)
    sys.stdout.buffer.write(orjson.dumps(first))
    sys.stdout.flush()
    # What is still on its way is answered before the port closes.
    await asyncio.sleep(1)
    server.close()


if __name__ == "__main__":
    asyncio.run(receive(int(sys.argv[1])))
