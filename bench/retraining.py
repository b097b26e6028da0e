"""How long learning from a server's decisions takes, stage by stage, beside another checkout of the same program.

    nice python -m bench.retraining ../shared/data [--count 20000] [--against CHECKOUT] [--rounds 3]

Examples are texts of public sets with the labels that these give; the text model's whole training but for the database:
reading, fitting, and the gate. In processor seconds, each checkout in turn in a process of its own; the second line is
what the first took as a part of the other.
"""

import argparse
import gzip
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

COUNT = 20_000
MEASURED = 0.2
STAGES = ("reading", "fitting", "gate")


def examples(folder: Path, count: int) -> list[dict[str, Any]]:
    """Drawn from all sets alike, always the same ones."""
    rows = []
    for path in sorted(folder.glob("*.jsonl.gz")):
        with gzip.open(path, "rt") as file:
            rows += [json.loads(line) for line in file]
    random.Random(11).shuffle(rows)
    return rows[: round(count * (1 + MEASURED))]


def once(folder: Path, count: int) -> dict[str, float]:
    """Processor seconds of each stage, and what the gate says, as it is in this checkout."""
    from models import artefact, registry, textmodel
    from models.local import files, gate, learning

    rows = examples(folder, count)
    given = [learning.Labelled(row["text"], row["lang"], row["labels"]) for row in rows]
    base = registry.current()
    loaded = artefact.read(base.folder)
    begun = time.process_time()
    fitting: list[float] = []

    def tell(stage: str, _share: float) -> None:
        if stage == "fitting" and not fitting:
            fitting.append(time.process_time())

    learnt = learning.learn(loaded, given[:count], tell)
    done = time.process_time()
    with tempfile.TemporaryDirectory() as where:
        written = files.write(Path(where), base, learnt.correction, learnt.lines, {})
        judged = gate.judge(textmodel.load(base.folder), files.load(written), given[count:])
    seconds = dict(zip(STAGES, (fitting[0] - begun, done - fitting[0], time.process_time() - done), strict=True))
    compared = [each for each in judged.compared if each.area == "decisions" and " " not in each.part]
    said = {f"{each.part} {each.measure}": round(each.after, 4) for each in compared}
    return {"whole": sum(seconds.values()), **seconds, **said}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--against", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--once", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.once:
        print(json.dumps(once(asked.data, asked.count)))
        return
    here = Path(__file__).parents[1]
    places = [here] if asked.against is None else [asked.against, here]
    found: dict[Path, list[dict[str, float]]] = {place: [] for place in places}
    for _ in range(asked.rounds):
        for place in places:
            found[place].append(_in(place, asked.data, asked.count))
    print("| | " + " | ".join(found[here][0]) + " |")
    least = {place: {name: min(each[name] for each in rows) for name in rows[0]} for place, rows in found.items()}
    for place, figures in least.items():
        print(
            f"| {'here' if place == here else 'against'} | " + " | ".join(f"{x:.4g}" for x in figures.values()) + " |"
        )
    if asked.against is not None:
        parts = (f"{least[here][name] / least[asked.against][name]:.2f}" for name in ("whole", *STAGES))
        print(f"| here by against | {' | '.join(parts)} |")


def _in(place: Path, data: Path, count: int) -> dict[str, float]:
    command = [sys.executable, str(Path(__file__).resolve()), str(data.resolve()), "--count", str(count), "--once"]
    done = subprocess.run(
        command, cwd=place, env={"PYTHONPATH": str(place)}, capture_output=True, text=True, check=True
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    main()
