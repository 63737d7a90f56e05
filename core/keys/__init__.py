"""Keys of what a cached value depends on: declarations, code, files, packages."""
