//! Wiring: builds every room from a [`crate::config`], owns start and orderly stop.
