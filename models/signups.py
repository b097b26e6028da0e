"""What is known of how a member signed up: counts and yes or no, no address, no network and no word of theirs."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SignUp:
    """One sign-up on this server. Others are counted that came within a day before it or after it."""

    throwaway: bool = False
    """Whether the mail address is of a provider of addresses to throw away."""
    rare_mail: bool = False
    """Whether hardly anybody here had an address of this mail domain before."""
    mail_crowd: int = 0
    """Others with an address of the same mail domain, where it is rare here."""
    range_crowd: int = 0
    """Others from the same range of network addresses."""
    reason_crowd: int = 0
    """Others who gave nearly the same reason for joining."""
    vouched: bool = False
    """Whether a person approved it, or invited them."""
