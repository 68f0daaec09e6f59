//! The state as Discord's JSON: what REST returns and the gateway sends.

pub mod channel;
pub mod interaction;
pub mod message;
pub mod server;
pub mod user;
