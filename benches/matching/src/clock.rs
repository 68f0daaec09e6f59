//! Wall time and processor time of one piece of work.

use std::time::{Duration, Instant};

/// What a piece of work took.
#[derive(Clone, Copy, Debug)]
pub struct Took {
    /// On the wall's clock; grows when others use the machine.
    pub wall: Duration,
    /// Of the processor, by this thread (or by the whole process, see [`process`]).
    pub cpu: Duration,
}

impl Took {
    /// The lesser of both, each for itself.
    pub fn least(self, other: Self) -> Self {
        Self { wall: self.wall.min(other.wall), cpu: self.cpu.min(other.cpu) }
    }
}

fn read(clock: libc::clockid_t) -> Duration {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `t` is a valid place for the answer, and both clocks exist on every system with these constants.
    unsafe { libc::clock_gettime(clock, &mut t) };
    Duration::new(t.tv_sec.unsigned_abs(), u32::try_from(t.tv_nsec).unwrap_or(0))
}

fn timed<T>(clock: libc::clockid_t, work: impl FnOnce() -> T) -> (T, Took) {
    let (wall, cpu) = (Instant::now(), read(clock));
    let made = std::hint::black_box(work());
    let cpu = read(clock).saturating_sub(cpu);
    (made, Took { wall: wall.elapsed(), cpu })
}

/// Times work of this thread alone.
pub fn thread<T>(work: impl FnOnce() -> T) -> (T, Took) {
    timed(libc::CLOCK_THREAD_CPUTIME_ID, work)
}

/// Times work that may start threads: their processor time counts too.
pub fn process<T>(work: impl FnOnce() -> T) -> (T, Took) {
    timed(libc::CLOCK_PROCESS_CPUTIME_ID, work)
}
