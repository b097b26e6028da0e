"""What a connection's task waits for does what asyncio's own does."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from app.stream.waiting import Gate, Line

pytestmark = pytest.mark.one_database
Queues = type[Line[int]] | type[asyncio.Queue[int]]
Events = type[Gate] | type[asyncio.Event]


@pytest.mark.parametrize("kind", [Line, asyncio.Queue])
def test_what_is_put_into_a_line_comes_out_in_order_whether_or_not_somebody_waits(kind: Queues) -> None:
    async def use() -> list[object]:
        line = kind()
        heard: list[object] = [line.empty()]
        first = asyncio.create_task(line.get())
        await asyncio.sleep(0)
        for number in range(3):
            line.put_nowait(number)
        heard += [await first, await line.get(), line.empty(), await line.get(), line.empty()]
        line.put_nowait(7)
        return [*heard, await line.get()]

    assert asyncio.run(use()) == [True, 0, 1, False, 2, True, 7]


@pytest.mark.parametrize("kind", [Line, asyncio.Queue])
def test_who_stops_waiting_for_a_line_takes_nothing_with_them(kind: Queues) -> None:
    async def use() -> int:
        line = kind()
        gone = asyncio.create_task(line.get())
        await asyncio.sleep(0)
        gone.cancel()
        with suppress(asyncio.CancelledError):
            await gone
        line.put_nowait(4)
        return await line.get()

    assert asyncio.run(use()) == 4


@pytest.mark.parametrize("kind", [Gate, asyncio.Event])
def test_a_gate_lets_all_who_wait_go_on_and_nobody_while_it_is_shut(kind: Events) -> None:
    async def use() -> list[object]:
        gate = kind()
        waiting = [asyncio.create_task(gate.wait()) for _ in range(3)]
        await asyncio.sleep(0)
        before = [one.done() for one in waiting]
        waiting[0].cancel()
        gate.set()
        await asyncio.gather(*waiting[1:])
        at_once = gate.is_set()
        await gate.wait()
        gate.clear()
        late = asyncio.create_task(gate.wait())
        await asyncio.sleep(0)
        shut = late.done()
        gate.set()
        await late
        return [before, at_once, shut, waiting[0].cancelled()]

    assert asyncio.run(use()) == [[False] * 3, True, False, True]
