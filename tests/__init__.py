"""The tests. A file here, since a package that is used installs a `tests` of its own, which would be found first."""
