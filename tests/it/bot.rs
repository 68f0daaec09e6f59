//! The bot as people meet it: the real bot against the simulator, over real sockets.

mod asking;
mod crowd;
mod life;
mod mentioning;
mod moderating;
mod moderating_rights;
mod moderating_tools;
mod recounting;
mod stage;
