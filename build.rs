//! What is built into the program from `data/` (catalog, reviewers, texts) is built anew when a file comes there: the macro
//! that embeds a folder only makes the compiler watch the files that were in it.

#![allow(clippy::print_stdout, reason = "a build script speaks to cargo by its standard output")]

fn main() {
    println!("cargo::rerun-if-changed=data");
    println!("cargo::rerun-if-changed=build.rs");
}
