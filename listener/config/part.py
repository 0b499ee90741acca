"""What every part of a file has in common."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, ModelWrapValidatorHandler, ValidationError, model_validator

from listener.config.references import is_absent
from listener.config.sentences import retold


class Part(BaseModel):
    """Base of every part: frozen; unknown keys are told with a guess; a key without a value, or with a reference
    to an empty one, is as good as absent.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    EMPTY_IS_ABSENT: ClassVar[bool] = True

    @model_validator(mode="wrap")
    @classmethod
    def _in_our_words(cls, raw: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:  # noqa: ANN401 - as YAML has it
        if isinstance(raw, dict) and cls.EMPTY_IS_ABSENT:
            raw = {key: value for key, value in raw.items() if not is_absent(value)}
        try:
            return handler(raw)
        except ValidationError as error:
            written = {field.alias or name: field for name, field in cls.model_fields.items()}
            raise retold(error, written) from None
