//! What is kept, and the promise with which it is kept. May use `domain`.
