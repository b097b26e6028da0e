"""From where nobody signs up: domains of mail, single mailboxes, networks. Those who are in already aren't touched."""
