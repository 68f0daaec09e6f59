//! User errors as data (a key and its arguments), and the rest.
