"""The command line ``refugia``: one file per command. Nothing heavy is imported before a command runs."""
