//! The binary: start-up order and exit codes only.

use std::process::ExitCode;

fn main() -> ExitCode {
    tiebreaker::cli::main()
}
