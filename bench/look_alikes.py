"""How versions of the text model take harmless words that look like slurs, and the slurs.

    python -m bench.look_alikes [FOLDER …]

Without folders, the versions that lie here.
"""

import argparse
from pathlib import Path

from models import registry, textmodel
from models.functional import look_alikes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="*")
    folders = parser.parse_args().folders or [version.folder for version in registry.versions()]
    print("| version | part | harmless | held | above ½ | toxic above ½ | meant so | held | above ½ | AUC |")
    print("|" + "---|" * 10)
    for folder in folders:
        for code, parts in look_alikes.run(textmodel.load(folder)).items():
            for part, sides in parts.items():
                quiet, meant = sides.harmless, sides.harmful
                left = f"{quiet.of} | {quiet.held} | {quiet.above_half} | {quiet.toxic_above_half}"
                right = f"{meant.of} | {meant.held} | {meant.above_half} | {sides.auc:.2f}"
                print(f"| {folder.name} | {code} {part} | {left} | {right} |")


if __name__ == "__main__":
    main()
