//! One use case a file. Returns domain values, knows no card and no language. May use `domain`, `catalog`, `store`.
