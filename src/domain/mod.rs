//! The rules, pure: no clock, no I/O, no Discord. May use `error`.
