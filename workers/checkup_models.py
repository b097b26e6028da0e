"""The doctor's checks of the models: every file of what is asked here is the one that was put in use."""

from __future__ import annotations

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.database.engine import Database
from app.settings import Settings
from models import registry
from models.errors import ModelError
from moderation.learning.values import ModelKind
from workers.answers import Answer, ask


def text(settings: Settings) -> Answer:
    """The text model in use."""
    from models.local import files, named

    version, digest = _put_in_use(settings, ModelKind.TEXT)
    try:
        loaded = named.load(files.root(settings.data_dir), version or registry.current().name, digest)
    except (ModelError, OSError) as error:
        return Answer(False, str(error))
    return Answer(True, loaded.version)


def behaviour(settings: Settings) -> Answer:
    """The behaviour model in use."""
    from models import behaviour as shipped
    from models.local import behaviour as own
    from models.local import files

    version, digest = _put_in_use(settings, ModelKind.BEHAVIOUR)
    try:
        root = files.root(settings.data_dir)
        loaded = own.load(root, version, digest) if version else shipped.load(shipped.current())
    except (ModelError, OSError) as error:
        return Answer(False, str(error))
    return Answer(True, loaded.version)


def context(settings: Settings) -> Answer:
    """The context model in use, where somebody put one in use."""
    from models.local import context as own
    from models.local import files

    version, digest = _put_in_use(settings, ModelKind.CONTEXT)
    if version is None:
        return Answer(True, "none is asked")
    try:
        return Answer(True, own.load(files.root(settings.data_dir), version, digest).version)
    except (ModelError, OSError) as error:
        return Answer(False, f"{error}: it says nothing until its files are back, or somebody rolls it back")


def pictures(settings: Settings) -> Answer:
    """The image classifier, where its extra is installed."""
    from models import nudity

    file = nudity.weights()
    if file is None:
        return Answer(True, "the extra `vision` isn't installed")
    try:
        return Answer(True, nudity.load(file).version)
    except ModelError as error:
        return Answer(False, f"{error}: `pip install --force-reinstall --require-hashes -r locks/vision.txt`")


def second_stage(settings: Settings) -> Answer:
    """The second stage's encoder is what it should be where one was built, and policy asks for none that isn't here."""
    from models.encoder import files, second
    from moderation.policy import store

    place = files.folder(settings.data_dir)
    if place.is_dir() and not files.is_here(place):
        return Answer(False, "its encoder is built, and the extra `encoder` that runs it isn't installed")
    if place.is_dir():
        try:
            return Answer(True, f"{files.VERSION} with {second.load(place).version}")
        except ModelError as error:
            return Answer(
                False, f"{error}: `ostiary model build-encoder` makes it anew, with what locks/encoder.txt names"
            )

    def look(session: Session) -> Answer:
        wanted = store.current(session).second_stage.on
        return Answer(not wanted, "the policy asks for it, and nobody built its encoder" if wanted else "not built")

    return ask(settings, look)


def _put_in_use(settings: Settings, kind: ModelKind) -> tuple[str | None, str | None]:
    """The version that a person chose, and its digest; nothing where nobody did, or the database doesn't say."""
    from moderation.learning import uses

    db = Database(settings.database_url, pool_size=1)
    try:
        with db.read() as session:
            use = uses.current(session, kind)
            return (use.version, use.digest) if use is not None else (None, None)
    except SQLAlchemyError:
        return None, None  # the database's own line says so
    finally:
        db.dispose()
