"""What a house whose sign-ups are closed offers those who stand before it: a waiting list, a word for organisations,
other good doors. All of it off until an admin switches it on."""
