"""The wire: what other servers send and are sent, as frozen values. No database, no Flask."""
