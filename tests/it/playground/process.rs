//! `tiebreaker play` as a process, as people start it.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc,
    time::{Duration, Instant},
};

use super::stage::PATIENCE;

/// A running program.
pub(super) struct Process {
    child: Child,
    /// What it says behind the address, once it has ended.
    rest: mpsc::Receiver<String>,
    /// Where the page is, without a slash at the end.
    pub(super) url: String,
}

/// How a program ended.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) code: Option<i32>,
    pub(super) out: String,
    pub(super) err: String,
}

/// The program with these arguments, in a folder of its own and without settings of this machine.
pub(super) fn command(place: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tiebreaker"));
    command.args(args).env_clear().env("TMPDIR", place).current_dir(place).stdin(Stdio::null());
    // A token that would do harm if it were used.
    command.env("DISCORD_TOKEN", "a token of a real bot").env("DATABASE_URL", "sled:///nowhere/at/all");
    command
}

/// Runs the program to its end.
pub(super) fn run(place: &Path, args: &[&str]) -> Ended {
    let output = command(place, args).output().unwrap();
    Ended {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Process {
    /// Starts `tiebreaker play` on a free port and waits for the address.
    pub(super) fn start(place: &Path, args: &[&str]) -> Self {
        let args: Vec<&str> = ["play", "--port", "0"].iter().chain(args).copied().collect();
        let mut child = command(place, &args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let (tell, told) = mpsc::channel();
        let (tell_rest, rest) = mpsc::channel();
        std::thread::spawn(move || {
            let mut line = String::new();
            let read = out.read_line(&mut line);
            let _ = tell.send(read.map(|_| line));
            let mut rest = String::new();
            let _ = out.read_to_string(&mut rest);
            let _ = tell_rest.send(rest);
        });
        let line = match told.recv_timeout(PATIENCE) {
            Ok(Ok(line)) if !line.is_empty() => line,
            other => {
                let _ = child.kill();
                let mut err = String::new();
                let _ = child.stderr.take().unwrap().read_to_string(&mut err);
                panic!("no address was printed: {other:?} {err}");
            }
        };
        let url = line.split_whitespace().find(|word| word.starts_with("http://127.0.0.1:"));
        let url = url.unwrap_or_else(|| panic!("no address in {line:?}")).trim_end_matches('/').to_owned();
        Self { child, rest, url }
    }

    /// `kill -9`, in the middle of whatever it does.
    pub(super) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Ctrl-C or `kill`. Gives what it said behind the address.
    #[cfg(unix)]
    pub(super) fn end(mut self, signal: &str) -> Ended {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
        let began = Instant::now();
        let code = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status.code();
            }
            assert!(began.elapsed() < PATIENCE, "it does not stop");
            std::thread::sleep(Duration::from_millis(10));
        };
        let mut err = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        let out = self.rest.recv_timeout(PATIENCE).unwrap();
        Ended { code, out, err }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_port_that_is_taken_is_named_with_the_way_out() {
    let place = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let ended = run(place.path(), &["play", "--port", &port]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""));
    insta::assert_snapshot!(ended.err.replace(&port, "PORT"), @"error: port PORT is taken: another program listens there, perhaps another `tiebreaker play` (http://127.0.0.1:PORT/); choose another port with `--port`, or `--port 0` for any free one");
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0, "nothing was left behind");
}

#[test]
fn fresh_alone_is_wrong_use() {
    let place = tempfile::tempdir().unwrap();
    let ended = run(place.path(), &["play", "--fresh"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("--data <DIR>"), "{}", ended.err);
}

#[test]
fn a_folder_without_a_page_is_named_before_anything_is_opened() {
    let place = tempfile::tempdir().unwrap();
    let ended = run(place.path(), &["play", "--port", "0", "--page", "pages"]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""));
    insta::assert_snapshot!(ended.err, @"error: pages holds no index.html; --page takes the folder of the page's files, such as src/playground/page");
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0, "nothing was left behind");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn it_says_where_to_go_and_leaves_nothing_behind() {
    for signal in ["-INT", "-TERM"] {
        let place = tempfile::tempdir().unwrap();
        let process = Process::start(place.path(), &[]);
        let page = reqwest::get(&process.url).await.unwrap();
        assert_eq!(page.status(), 200);
        assert!(page.text().await.unwrap().contains("<title>"));
        // A tab that is open, and so a stream without an end, must not hold it up.
        let open_tab = reqwest::get(format!("{}/play/events", process.url)).await.unwrap();
        assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 1, "the temporary folder");
        let url = process.url.clone();
        let ended = tokio::task::spawn_blocking(move || process.end(signal)).await.unwrap();
        assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""), "{signal}");
        assert!(ended.out.ends_with("\nStopped. Nothing was kept.\n"), "{signal}: {}", ended.out);
        drop(open_tab);
        assert_eq!(
            std::fs::read_dir(place.path()).unwrap().count(),
            0,
            "{signal}: the temporary folder is gone"
        );
        assert!(reqwest::get(url).await.is_err(), "nobody listens any more");
    }
}

#[test]
fn what_it_prints_is_short() {
    let place = tempfile::tempdir().unwrap();
    let mut child = command(place.path(), &["play", "--port", "0"]).stdout(Stdio::piped()).spawn().unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    let mut lines = Vec::new();
    for line in out.lines() {
        let line = line.unwrap();
        let is_last = line.contains("Ctrl-C");
        lines.push(line);
        if is_last {
            break;
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let text = lines.join("\n");
    let port = text.split("127.0.0.1:").nth(1).unwrap().split('/').next().unwrap();
    // typos:off
    insta::assert_snapshot!(text.replace(port, "PORT"), @"
    Open http://127.0.0.1:PORT/ in a browser.

    Try:  /compare            two half-remembered names, such as cursr and cc
          🚢 or ⏭️ on a card  and watch its score
          @Tiebreaker A vs B  in a message
          the moderator       then /addreview; other tabs can be other people

    Everything is forgotten at the end; --data DIR keeps it. Ctrl-C stops.
    ");
    // typos:on
}
