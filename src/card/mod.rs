//! Our own card type, built from a comparison with the texts of a language. Discord's limits live here in one place.
//! May use `domain` and `text`.
