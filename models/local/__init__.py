"""A server's own version of the text model: the shipped one as it is, and a small correction learnt from decisions."""
