//! The binary: start-up order and exit codes only.

fn main() {}
