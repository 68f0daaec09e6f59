//! The bot as people meet it: the real bot against the simulator, over real sockets.

mod asking;
mod connecting;
mod crowd;
mod faults;
mod lacking;
mod mentioning;
mod moderating;
mod moderating_rights;
mod moderating_tools;
mod panics;
mod plain;
mod recounting;
mod stage;
