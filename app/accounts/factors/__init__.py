"""The second factor: a code from a program on the member's phone (TOTP, RFC 6238), with recovery codes for the day when
the phone is lost. Members may have one; who moderates must.
"""
