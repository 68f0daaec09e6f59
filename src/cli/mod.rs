//! The terminal: one file a command. May use `service`, `catalog`, `card`, `text`.
