//! What the machine is, what a process takes of it, and what others take meanwhile (Linux's `/proc`).

use std::{
    fs,
    time::{Duration, Instant},
};

/// Processor times in `/proc` count in hundredths of a second on every Linux there is.
const TICK: Duration = Duration::from_millis(10);

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

/// Model and number of processors, and the load, in one line.
pub fn describe() -> String {
    let info = read("/proc/cpuinfo");
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':')).map(|it| it.1);
    format!("{} · {} cores · load {}", model.unwrap_or("unknown").trim(), cores(), load())
}

/// How many processors there are.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The load averages of one, five and fifteen minutes.
pub fn load() -> String {
    read("/proc/loadavg").split_whitespace().take(3).collect::<Vec<_>>().join(" ")
}

/// The processor time of a process so far.
pub fn cpu(process: u32) -> Duration {
    let stat = read(&format!("/proc/{process}/stat"));
    // The name may hold blanks; behind it, user and system time are the 12th and 13th field.
    let Some((_, fields)) = stat.rsplit_once(')') else { return Duration::ZERO };
    let ticks = fields.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u32>().ok());
    TICK * ticks.sum::<u32>()
}

/// Resident memory of a process and the most it ever had, in MiB.
pub fn memory(process: u32) -> (f64, f64) {
    let status = read(&format!("/proc/{process}/status"));
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim_start_matches(':').split_whitespace().next()?.parse::<f64>().ok()
    };
    (field("VmRSS").unwrap_or(0.0) / 1_024.0, field("VmHWM").unwrap_or(0.0) / 1_024.0)
}

/// The processor time that everybody on this machine used so far, time taken by other virtual machines included.
fn busy() -> Duration {
    let stat = read("/proc/stat");
    let fields: Vec<u32> =
        stat.lines().next().unwrap_or("").split_whitespace().skip(1).filter_map(|f| f.parse().ok()).collect();
    // user, nice, system, (idle, iowait,) irq, softirq, steal
    TICK * [0, 1, 2, 5, 6, 7].iter().filter_map(|at| fields.get(*at)).sum::<u32>()
}

/// A stretch of time in which it is watched who uses the processors.
pub struct Window {
    began: Instant,
    ours: Vec<u32>,
    before: (Duration, Duration),
}

impl Window {
    /// Begins; `ours` are the processes that belong to the run, beside this one.
    pub fn open(ours: &[u32]) -> Self {
        let mut ours = ours.to_vec();
        ours.push(std::process::id());
        let before = (busy(), sum(&ours));
        Self { began: Instant::now(), ours, before }
    }

    /// How many cores others used since.
    pub fn others(&self) -> f64 {
        let ours = sum(&self.ours).saturating_sub(self.before.1);
        let others = busy().saturating_sub(self.before.0).saturating_sub(ours);
        others.as_secs_f64() / self.began.elapsed().as_secs_f64().max(0.01)
    }
}

fn sum(processes: &[u32]) -> Duration {
    processes.iter().map(|process| cpu(*process)).sum()
}
