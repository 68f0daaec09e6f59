//! The other process: this test binary again, told by its environment what to do. Run on its own it does nothing.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Instant,
};

use tiebreaker::{
    domain::{
        change::{Actor, CatalogScope, State, Subject},
        ids::ReviewerId,
        review::Reviewer,
        time::Timestamp,
    },
    store::{
        Store,
        contract::{Edit, Expected},
    },
};

use super::{change_of, message, open_at, register_cards, tool};

const FOLDER: &str = "TIEBREAKER_TEST_STORE";
const ROLE: &str = "TIEBREAKER_TEST_ROLE";
const FIRST: &str = "TIEBREAKER_TEST_FIRST_MEMBER";

/// Members who vote at once.
pub(super) const MEMBERS: u64 = 16;

/// Starts the child. `shell`: words put before the command, for limits and mounts; "{}" is the command.
pub(super) fn start(role: &str, folder: &Path, first_member: u64, shell: Option<&str>) -> Child {
    let exe = std::env::current_exe().unwrap();
    let args = ["store_durability::child::child", "--exact", "--nocapture", "--test-threads=1"];
    let mut command = match shell {
        None => {
            let mut command = Command::new(&exe);
            command.args(args);
            command
        }
        Some(shell) => {
            let quoted = format!("'{}' {}", exe.display(), args.join(" "));
            let mut command = Command::new("sh");
            command.args(["-c", &shell.replace("{}", &format!("exec {quoted}"))]);
            command
        }
    };
    command
        .env(FOLDER, folder)
        .env(ROLE, role)
        .env(FIRST, first_member.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command.spawn().unwrap()
}

/// The words of a child's lines that begin with `>`; the test harness prints others.
pub(super) fn lines(child: &mut Child) -> impl Iterator<Item = Vec<String>> + use<> {
    BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok)
        .filter_map(|line| line.split_once('>').map(|(_, said)| said.split(' ').map(str::to_owned).collect()))
}

fn say(words: &str) {
    let mut out = std::io::stdout().lock();
    // The parent may have killed the reading end; then nobody is left to tell.
    let _ = writeln!(out, ">{words}");
    let _ = out.flush();
}

#[test]
fn child() {
    let (Ok(folder), Ok(role)) = (std::env::var(FOLDER), std::env::var(ROLE)) else { return };
    let first: u64 = std::env::var(FIRST).unwrap().parse().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        match role.as_str() {
            "open" => match open_at(folder.as_ref()).await {
                Ok(_) => say("opened"),
                Err(error) => say(&format!("refused {error}")),
            },
            "vote" => vote_until_stopped(folder.as_ref(), first, false).await,
            "vote and fill" => vote_until_stopped(folder.as_ref(), first, true).await,
            other => panic!("{other}"),
        }
    });
}

/// Fills the disk with what a moderator might write.
async fn fill(store: Arc<dyn Store>) {
    for n in 0.. {
        let reviewer = Reviewer {
            id: ReviewerId::for_server(&format!("ann {n}")),
            name: "Ann".to_owned(),
            role: String::new(),
            // Not what a compressor would like.
            motto: (0..20_000_u64)
                .map(|at| char::from(b' ' + u8::try_from((at * at * (n + 7)) % 90).unwrap()))
                .collect(),
        };
        let edit = Edit {
            subject: Subject::Reviewer(reviewer.id.clone()),
            expected: Expected::Anything,
            after: Some(State::Reviewer(reviewer)),
        };
        if store.edit_catalog(CatalogScope::Base, Actor::Operator, Timestamp(1), vec![edit]).await.is_err() {
            return;
        }
    }
}

/// Votes until it is killed or a write fails; then tells how long that took and whether reads go on.
async fn vote_until_stopped(folder: &Path, first: u64, filling: bool) {
    let store: Arc<dyn Store> = match open_at(folder).await {
        Ok(store) => store,
        Err(error) => return say(&format!("refused {error}")),
    };
    register_cards(&*store).await;
    if filling {
        tokio::spawn(fill(Arc::clone(&store)));
    }
    let voting = (first..first + MEMBERS).map(|who| {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            for n in 0.. {
                let begun = Instant::now();
                match store.apply(vec![change_of(who, n)]).await {
                    Ok(_) => say(&format!("ack {who} {}", n + 1)),
                    Err(error) => return (begun.elapsed(), error),
                }
            }
            unreachable!("members vote without end")
        })
    });
    let failed = futures_util::future::join_all(voting).await;
    let longest = failed.iter().map(|task| task.as_ref().unwrap().0).max().unwrap_or_default();
    let begun = Instant::now();
    let again = store.apply(vec![change_of(first, 0)]).await;
    let (refused, after) = (again.is_err(), begun.elapsed());
    let reads = store.tally(super::SERVER, &tool(0)).await.is_ok() && store.card(message(0)).await.is_ok();
    say(&format!("stopped {} {} {refused} {reads}", longest.as_millis(), after.as_millis()));
}
