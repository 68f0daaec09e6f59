"""Fails when a dependency asks for a newer compiler than `rust-version` in Cargo.toml.

Reads the output of `cargo metadata --format-version 1` from standard input.
"""

import json
import sys


def version(text):
    """'1.88' or '1.88.0' as numbers that compare."""
    return tuple(int(part) for part in text.split("."))[:2]


metadata = json.load(sys.stdin)
packages = {package["id"]: package for package in metadata["packages"]}
ours = packages[metadata["resolve"]["root"]]
limit = ours["rust_version"] or sys.exit("Cargo.toml has no rust-version")

newer = [
    f"{package['name']} {package['version']} needs {package['rust_version']}"
    for package in packages.values()
    if package["rust_version"] and version(package["rust_version"]) > version(limit)
]
if newer:
    sys.exit("newer than rust-version = " + limit + ":\n" + "\n".join(newer))
print(f"{len(packages)} packages build with Rust {limit}, as far as they say")
