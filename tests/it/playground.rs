//! `tiebreaker play`: what is served, what is kept, and the page in a real browser.
//!
//! The scenes in a browser need `chromedriver` and Chromium (Debian: `apt-get install chromium chromium-driver
//! fonts-noto-color-emoji`). Without them they say that they were skipped; with `BROWSER_REQUIRED=1` that is a failure.
//!
//! The pictures of the README are made anew by `cargo test --test it screenshots -- --ignored`.

mod browser;
mod keeping;
mod parts;
mod pictures;
mod process;
mod scenes;
mod served;
mod stage;
mod writing;
