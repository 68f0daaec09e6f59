//! Panics: one line in the log each, under an id that the person is told whom it cost an answer.

use std::{
    backtrace::{Backtrace, BacktraceStatus},
    cell::RefCell,
};

use super::incident_id;

thread_local! {
    /// The id of this thread's last panic, until it is asked for.
    static LAST: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// From now on a panic is one line in the log of this process, instead of several on standard error.
///
/// The line tells the place and, where they are words of our own source, the words. A composed message may hold what
/// somebody typed, so it is logged at debug only. With `RUST_BACKTRACE=1` the line carries a backtrace.
pub fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let incident = incident_id();
        let location = panic.location().map(ToString::to_string);
        let payload = panic.payload();
        let backtrace = Backtrace::capture();
        let backtrace = (backtrace.status() == BacktraceStatus::Captured).then(|| backtrace.to_string());
        tracing::error!(
            incident,
            panic.location = location.as_deref(),
            panic.message = payload.downcast_ref::<&'static str>().copied(),
            panic.backtrace = backtrace.as_deref(),
            "a panic"
        );
        if let Some(composed) = payload.downcast_ref::<String>() {
            tracing::debug!(incident, panic.message = composed.as_str(), "what the panic said");
        }
        LAST.set(Some(incident));
    }));
}

/// The id under which the panic that was just caught on this thread is in the log. Ask at once, before anything is awaited.
#[must_use]
pub fn caught_panic() -> String {
    LAST.take().unwrap_or_else(|| {
        // Nobody called `log_panics`, as in tests.
        let incident = incident_id();
        tracing::error!(incident, "a panic");
        incident
    })
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;
    use crate::config::Log;

    const CHILD: &str = "PANICS_IN_A_CHILD";

    /// Hooks belong to the process, so a process of its own panics: this test binary, with this test only.
    #[test]
    fn a_panic_is_one_line_with_its_place_and_no_words_of_people() {
        if std::env::var_os(CHILD).is_some() {
            crate::telemetry::init(&Log { filter: "info".to_owned(), json: true });
            log_panics();
            let caught = std::panic::catch_unwind(|| panic!("our own words"));
            assert!(caught.is_err());
            let first = caught_panic();
            let typed = "what Alice typed".to_owned();
            let caught = std::panic::catch_unwind(|| panic!("not this: {typed}"));
            assert!(caught.is_err());
            assert_ne!(caught_panic(), first);
            eprintln!("FIRST {first}");
            return;
        }
        let test = "telemetry::panics::tests::a_panic_is_one_line_with_its_place_and_no_words_of_people";
        let ran = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", test, "--nocapture"])
            .env(CHILD, "1")
            .env_remove("RUST_BACKTRACE")
            .output()
            .unwrap();
        let said = String::from_utf8(ran.stderr).unwrap();
        assert!(ran.status.success(), "{said}");
        let lines: Vec<serde_json::Value> =
            said.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        assert_eq!(lines.len(), 2, "{said}");
        let first = said.lines().find_map(|line| line.strip_prefix("FIRST ")).unwrap();
        assert_eq!(lines[0]["incident"], first);
        assert_eq!(lines[0]["panic.message"], "our own words");
        assert_eq!(lines[0]["level"], "ERROR");
        for line in &lines {
            let location = line["panic.location"].as_str().unwrap();
            assert!(location.starts_with("src/telemetry/panics.rs:"), "{location}");
        }
        assert!(!said.contains("Alice"), "{said}");
    }
}
