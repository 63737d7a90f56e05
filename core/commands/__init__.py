"""The command line: one file a group of commands, each of which adds its own parsers."""
