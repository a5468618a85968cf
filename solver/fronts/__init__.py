"""The front of a study: how it is asked for, carried out, kept on disk and shown."""
