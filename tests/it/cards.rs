//! What people see: a snapshot of every card, as Discord gets it and as a terminal shows it.

mod hostile;
mod made;
mod snapshots;
