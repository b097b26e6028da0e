"""The second factor: a code from a program on the member's phone (TOTP, RFC 6238) or a passkey (WebAuthn), with
recovery codes for the day when either is lost. Members may have one; who moderates must.
"""
