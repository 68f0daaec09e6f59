//! `tiebreaker doctor`: what is well, what is not, what that stops and what to do about it.

use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;
use tiebreaker::{
    domain::ids::ApplicationId,
    simulator::{Permissions, Settings, Simulator},
    store::{OpenOptions, StoreFolder, contract::Upkeep as _},
};

use crate::openapi::Judged;

/// A place with settings for a simulator.
struct Place {
    discord: Judged,
    folder: TempDir,
}

struct Report {
    code: i32,
    json: Value,
}

impl Place {
    async fn new(settings: Settings) -> Self {
        let discord = Judged::new(Simulator::start(settings).await.unwrap());
        Self { discord, folder: tempfile::tempdir().unwrap() }
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tiebreaker"));
        command
            .args(args)
            .current_dir(self.folder.path())
            .env_clear()
            .env("DATABASE_URL", format!("sled://{}", self.folder.path().join("data").display()))
            .env("DISCORD_API_URL", self.discord.base_url())
            .env("DISCORD_TOKEN", self.discord.token());
        command
    }

    async fn run(&self, mut command: Command) -> Output {
        tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
    }

    /// What it finds with some settings changed.
    async fn look(&self, changed: &[(&str, &str)]) -> Report {
        let mut command = self.command(&["doctor", "--json"]);
        command.envs(changed.iter().copied());
        let output = self.run(command).await;
        let said = String::from_utf8(output.stdout).unwrap();
        let json = serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}"));
        Report { code: output.status.code().unwrap(), json }
    }

    async fn store(&self, application: u64) {
        let options = OpenOptions { application: Some(ApplicationId(application)), ..OpenOptions::default() };
        let folder = StoreFolder::at(self.folder.path().join("data"));
        tiebreaker::store::open(&folder, options).await.unwrap().close().await.unwrap();
    }
}

impl Report {
    fn codes(&self, grade: &str) -> Vec<&str> {
        let all = self.json["findings"].as_array().unwrap().iter();
        all.filter(|one| one["grade"] == grade).map(|one| one["code"].as_str().unwrap()).collect()
    }

    /// Exactly this is broken, and it is said what stops and what to do.
    fn assert_broken(&self, code: &str) -> &Value {
        assert_eq!(self.codes("broken"), [code], "{:#}", self.json);
        assert_eq!((self.code, &self.json["is_healthy"]), (1, &false.into()));
        self.finding(code)
    }

    fn finding(&self, code: &str) -> &Value {
        let all = self.json["findings"].as_array().unwrap();
        let found =
            all.iter().find(|one| one["code"] == code).unwrap_or_else(|| panic!("{code}: {:#}", self.json));
        if found["grade"] != "good" {
            for field in ["found", "stops", "fix"] {
                assert!(found[field].as_str().is_some_and(|text| text.len() > 8), "{field}: {found:#}");
                assert!(!found[field].as_str().unwrap().contains("{$"), "{found:#}");
            }
        }
        found
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_good_installation_is_well_before_its_first_start_and_beside_its_bot() {
    let place = Place::new(Settings::unlimited()).await;
    place.discord.server("Makers");
    let first = place.look(&[]).await;
    assert_eq!((first.code, &first.json["is_healthy"]), (0, &true.into()), "{:#}", first.json);
    assert_eq!(first.codes("note"), ["doctor-commands-differ", "doctor-store-none"]);
    assert!(!place.folder.path().join("data").exists(), "looking makes nothing");
    assert!(place.discord.sessions().is_empty(), "looking begins no session");

    let mut bot = place.command(&["run"]).stderr(std::process::Stdio::null()).spawn().unwrap();
    place.discord.wait_for_bot().await.unwrap();
    place.discord.wait_for_command("compare").await.unwrap();
    let beside = place.look(&[]).await;
    let one_session = place.discord.sessions().len();
    bot.kill().unwrap();
    bot.wait().unwrap();
    assert_eq!(beside.code, 0, "{:#}", beside.json);
    assert_eq!(one_session, 1);
    for good in ["doctor-store-served", "doctor-commands", "doctor-permissions", "doctor-key-file"] {
        assert_eq!(beside.finding(good)["grade"], "good");
    }
    // Without the bot the store itself is opened.
    let after = place.look(&[]).await;
    assert_eq!(after.code, 0, "{:#}", after.json);
    assert_eq!(after.finding("doctor-store-opens")["about"], "store");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_keeps_the_bot_from_starting_is_broken() {
    let place = Place::new(Settings::unlimited()).await;
    place.look(&[("DISCORD_TOKEN", "")]).await.assert_broken("doctor-token-none");
    place.look(&[("DISCORD_TOKEN", "wrong")]).await.assert_broken("doctor-token-wrong");
    let nobody = place.look(&[("DISCORD_API_URL", "http://127.0.0.1:9")]).await;
    let found = nobody.assert_broken("doctor-reach-none");
    assert!(found["found"].as_str().unwrap().contains("127.0.0.1:9"), "{found}");
    place.look(&[("STARTER", "off")]).await.assert_broken("doctor-catalog-empty");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    place.look(&[("METRICS_ADDR", &address)]).await.assert_broken("doctor-metrics");
    let wrong = place.look(&[("STARTER", "maybe"), ("RECOUNT_DAYS", "soon")]).await;
    assert_eq!(wrong.codes("broken"), ["doctor-settings-wrong"; 2]);
    assert_eq!(wrong.code, 1);
    let file = place.folder.path().join("a file");
    std::fs::write(&file, "").unwrap();
    let below = format!("sled://{}", file.join("data").display());
    place.look(&[("DATABASE_URL", &below)]).await.assert_broken("doctor-store-folder");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_is_held_against_token_key_and_what_was_there() {
    let place = Place::new(Settings::unlimited()).await;
    place.store(place.discord.bot_id().0).await;
    assert_eq!(place.look(&[]).await.codes("broken"), [""; 0]);
    let other_key = "0b".repeat(32);
    let refused = place.look(&[("VOTER_KEY", &other_key)]).await;
    let found = refused.assert_broken("doctor-store-refused");
    assert!(found["found"].as_str().unwrap().contains("hashed with the key"), "{found}");
    std::fs::remove_dir_all(place.folder.path().join("data/sled")).unwrap();
    let lost = place.look(&[]).await;
    let found = lost.assert_broken("doctor-store-refused");
    assert!(found["found"].as_str().unwrap().contains("tiebreaker restore"), "{found}");
    std::fs::remove_dir_all(place.folder.path().join("data")).unwrap();
    place.store(77).await;
    let found = place.look(&[]).await;
    let found = found.assert_broken("doctor-store-application");
    assert!(found["found"].as_str().unwrap().contains("77"), "{found}");
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_permissions_and_unneeded_intents_are_named_with_their_price() {
    let place = Place::new(Settings::unlimited().with_message_content()).await;
    let lonely = place.look(&[]).await;
    let link = lonely.finding("doctor-servers-none")["fix"].as_str().unwrap().to_owned();
    assert!(link.contains(&format!("client_id={}", place.discord.bot_id())), "{link}");
    let (poor, _rich) = (place.discord.server("Poor"), place.discord.server("Rich"));
    let had = poor.bot_permissions(poor.general());
    poor.set_bot_permissions(Permissions(had.0 & !Permissions::EMBED_LINKS.0));
    poor.set_role(poor.id.everyone(), Permissions::VIEW_CHANNEL);
    let report = place.look(&[]).await;
    assert_eq!(report.code, 0, "it does its work: {:#}", report.json);
    let missing = report.finding("doctor-permission-missing");
    let found = missing["found"].as_str().unwrap();
    assert!(found.contains("Embed Links") && found.contains("Poor") && !found.contains("Rich"), "{found}");
    assert!(missing["stops"].as_str().unwrap().contains("plain text"), "{missing}");
    let intents = report.finding("doctor-intents-unneeded")["found"].as_str().unwrap();
    assert!(intents.contains("Message Content"), "{intents}");
}

#[tokio::test(flavor = "multi_thread")]
async fn in_words_every_trouble_has_its_consequence_and_its_mend() {
    let place = Place::new(Settings::unlimited()).await;
    let mut command = place.command(&["doctor", "--width", "100"]);
    command.env("DISCORD_TOKEN", "").env("STARTER", "off");
    let output = place.run(command).await;
    let said = String::from_utf8(output.stdout).unwrap();
    let said = said.replace(&place.folder.path().display().to_string(), "FOLDER");
    insta::assert_snapshot!(said);
    assert_eq!(output.status.code(), Some(1));
}
