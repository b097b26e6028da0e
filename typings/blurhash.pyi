from collections.abc import Sequence

def encode(
    image: Sequence[Sequence[tuple[int, int, int]]], components_x: int = 4, components_y: int = 4, linear: bool = False
) -> str: ...
