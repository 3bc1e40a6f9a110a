"""The digest: editions composed from the channels, made into mail, sent once."""
