//! The Fluent bundles: a key and its arguments in, words in a language out. May use `error`.
