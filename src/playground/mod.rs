//! The page a person uses to talk to the bot on the simulator. May use `simulator`.
