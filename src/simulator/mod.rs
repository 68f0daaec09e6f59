//! A Discord on loopback: REST and gateway. Uses nothing of ours.

pub mod rules;
