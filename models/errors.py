"""The errors of the models package.

ModelError
├── ArtefactError            an artefact is missing, incomplete, altered or of another format
│   └── ArtefactAlteredError its bytes are not those that the manifest names
├── UnknownVersionError      no such version is here
├── TrainingDataError        the training data can't be read or lacks what is needed
├── RetrainMismatchError     retraining did not give the shipped model
└── BadLineError (also ValueError)   a line of JSONL can't be scored; carries its number
"""


class ModelError(Exception):
    """Anything that the models package reports to its caller."""


class ArtefactError(ModelError):
    """An artefact is missing, incomplete or of a format that this code does not read."""


class ArtefactAlteredError(ArtefactError):
    """A file of an artefact does not have the digest that its manifest names."""


class UnknownVersionError(ModelError):
    """A version was asked for that the registry does not hold."""


class TrainingDataError(ModelError):
    """The training data can't be read, or is too little to train on."""


class RetrainMismatchError(ModelError):
    """A retrained model gives other scores than the shipped one."""


class BadLineError(ModelError, ValueError):
    """A line of JSONL that can't be scored; `line` counts from 1."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line = line
        self.reason = reason
