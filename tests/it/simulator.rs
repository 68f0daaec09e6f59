//! The simulator as real clients meet it: serenity and poise connect to it as they connect to Discord.

mod bot;
mod control;
mod conversation;
mod faults;
mod gateway;
mod keeping;
mod raw;
mod recovery;
mod second_reader;
mod time;

use tiebreaker::simulator::{Settings, Simulator};

use crate::openapi::Judged;

/// A simulator without rate limits; the tests of limits start their own.
async fn discord() -> Judged {
    Judged::new(Simulator::start(Settings::unlimited()).await.unwrap())
}
