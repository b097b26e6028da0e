"""A text that is rewritten while it remembers where each of its characters came from."""

import re
from collections.abc import Callable, Mapping


class Mapped:
    """Text with, for every character, the span of the original that it stands for.

    Without `track` only the text is kept, which is what scoring needs; the rewriting is the same code.
    """

    __slots__ = ("ends", "starts", "text", "track")

    def __init__(self, text: str, starts: list[int], ends: list[int], *, track: bool) -> None:
        self.text = text
        self.starts = starts
        self.ends = ends
        self.track = track

    @classmethod
    def of(cls, text: str, *, track: bool) -> "Mapped":
        if not track:
            return cls(text, [], [], track=False)
        return cls(text, list(range(len(text))), list(range(1, len(text) + 1)), track=True)

    def translate(self, table: Mapping[int, str]) -> None:
        """Replace character by character."""
        if not self.track:
            self.text = self.text.translate(table)
            return
        parts = [table[ord(char)] for char in self.text]
        self.starts = [s for s, part in zip(self.starts, parts, strict=True) for _ in part]
        self.ends = [e for e, part in zip(self.ends, parts, strict=True) for _ in part]
        self.text = "".join(parts)

    def sub(self, pattern: re.Pattern[str], replace: Callable[[re.Match[str]], str | None]) -> bool:
        """Replace what the pattern finds; None leaves a match as it is. Returns whether anything changed."""
        edits: list[tuple[int, int, str]] = []
        for match in pattern.finditer(self.text):
            new = replace(match)
            if new is not None and new != match.group():
                edits.append((match.start(), match.end(), new))
        if edits:
            self._apply(edits)
        return bool(edits)

    def _apply(self, edits: list[tuple[int, int, str]]) -> None:
        parts: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        position = 0
        for start, end, new in [*edits, (len(self.text), len(self.text), "")]:
            parts += (self.text[position:start], new)
            if self.track:
                new_starts, new_ends = self._spread(start, end, len(new))
                starts += self.starts[position:start] + new_starts
                ends += self.ends[position:start] + new_ends
            position = end
        self.text, self.starts, self.ends = "".join(parts), starts, ends

    def _spread(self, start: int, end: int, length: int) -> tuple[list[int], list[int]]:
        """Spans of a replacement: one to one where the lengths agree, else each stands for the whole."""
        if length == end - start:
            return self.starts[start:end], self.ends[start:end]
        if length == 0:
            return [], []
        return [self.starts[start]] * length, [self.ends[end - 1]] * length

    def reverse(self) -> None:
        """Read from the end."""
        self.text = self.text[::-1]
        self.starts.reverse()
        self.ends.reverse()

    def strip(self) -> None:
        """Drop white space at both ends."""
        stripped = self.text.strip()
        if len(stripped) == len(self.text):
            return
        lead = len(self.text) - len(self.text.lstrip())
        self.text = stripped
        if self.track:
            self.starts = self.starts[lead : lead + len(stripped)]
            self.ends = self.ends[lead : lead + len(stripped)]
