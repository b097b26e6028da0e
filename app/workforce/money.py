"""Amounts of money: whole numbers of a currency's smallest unit, read from and shown in people's own way of writing."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from babel import Locale
from babel.numbers import format_currency, get_currency_precision
from flask_babel import get_locale
from flask_babel import gettext as _

from app.errors import InvalidError

COMMON: Final = ("EUR", "CHF", "GBP", "USD", "CAD", "SEK", "NOK", "DKK", "PLN", "CZK", "JPY")
_AMOUNT: Final = re.compile(r"\d{1,7}([.,]\d{1,4})?")


def currency(code: str) -> str:
    """A currency's code as ISO 4217 has it. Raises InvalidError."""
    known = code.strip().upper()
    if known not in Locale("en").currencies:
        raise InvalidError(_("There is no such currency: use three letters, such as EUR."), code="bad_currency")
    return known


def read(typed: str, code: str) -> int:
    """`25`, `25.50` or `25,50` in the smallest unit. Raises InvalidError, also for more places than there are."""
    trimmed = typed.strip()
    places = get_currency_precision(code)
    if not trimmed.isascii() or not _AMOUNT.fullmatch(trimmed):
        raise InvalidError(_("An amount is a number such as 25 or 25.50."), code="bad_amount")
    value = Decimal(trimmed.replace(",", ".")).scaleb(places)
    if value != value.to_integral_value():
        raise InvalidError(_("This currency has no such small coins."), code="bad_amount")
    return int(value)


def decimal(minor: int, code: str) -> Decimal:
    """The amount with the currency's places: 2550 cents are 25.50."""
    return Decimal(minor).scaleb(-get_currency_precision(code))


def shown(minor: int, code: str) -> str:
    """`€25.50`, or `25,50 €`."""
    return str(format_currency(decimal(minor, code), code, locale=get_locale() or "en"))
