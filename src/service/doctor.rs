//! What a look at an installation finds, as data; and the look at its store and catalog.
//!
//! A [`Finding`] is the key of a text and its arguments. What is not good has two further texts, `…-stops` (what does not
//! work because of it) and `…-fix` (what to do): whoever says it puts them together.

use std::{fs, path::Path};

use super::{
    access::{Absent, Access, Place},
    restore,
};
use crate::{
    catalog::starter,
    domain::{change::CatalogScope, ids::ApplicationId},
    error::Arg,
    store::{VoterKey, voter_key::VOTER_KEY_FILE},
};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Grade {
    /// As it should be.
    Good,
    /// Something does not work, or soon will not, but the bot does its work.
    Note,
    /// The bot does not do its work.
    Broken,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// What it is about: `settings`, `token`, `reach`, `intents`, `gateway`, `commands`, `permissions`, `store`, `key`,
    /// `snapshots`, `catalog`, `metrics`.
    pub about: &'static str,
    /// How bad it is.
    pub grade: Grade,
    /// Key of the text that says what was found.
    pub key: &'static str,
    /// Arguments of its texts.
    pub args: Vec<(&'static str, Arg)>,
    /// A missing permission: the key of its name, which is the argument `permission`; what stops is its text `…-why`.
    pub permission: Option<&'static str>,
}

impl Finding {
    /// Something as it should be.
    #[must_use]
    pub const fn good(about: &'static str, key: &'static str) -> Self {
        Self { about, grade: Grade::Good, key, args: Vec::new(), permission: None }
    }

    /// Something worth knowing.
    #[must_use]
    pub const fn note(about: &'static str, key: &'static str) -> Self {
        Self { about, grade: Grade::Note, key, args: Vec::new(), permission: None }
    }

    /// Something that must be mended.
    #[must_use]
    pub const fn broken(about: &'static str, key: &'static str) -> Self {
        Self { about, grade: Grade::Broken, key, args: Vec::new(), permission: None }
    }

    /// Adds an argument.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Arg>) -> Self {
        self.args.push((name, value.into()));
        self
    }
}

/// What was found of a store.
#[derive(Debug, Default)]
pub struct Examined {
    /// The findings.
    pub findings: Vec<Finding>,
    /// A bot runs on this store and did the work.
    pub bot_runs: bool,
    /// Tools that the operator imported; `None` when the store could not be asked.
    pub imported: Option<usize>,
}

/// Looks at a store: through the bot that runs on it, or by opening it. Makes none.
///
/// `application`: whose token is at hand, when Discord told.
pub async fn store(place: &Place, application: Option<ApplicationId>) -> Examined {
    let mut examined = Examined::default();
    let access = match Access::look(place).await {
        Ok(access) => access,
        Err(absent) => {
            examined.findings.push(without_store(place, &absent));
            if matches!(absent, Absent::NoStore(_)) {
                examined.imported = Some(0);
            }
            return examined;
        }
    };
    examined.bot_runs = access.is_remote();
    match access.desk().meta().await {
        Ok(meta) => {
            let key = if examined.bot_runs { "doctor-store-served" } else { "doctor-store-opens" };
            examined.findings.push(
                Finding::good("store", key)
                    .with("folder", place.folder.display().to_string())
                    .with("store", meta.store.as_str())
                    .with("schema", meta.schema.to_string())
                    .with("commit", meta.commit.to_string()),
            );
            if let (Some(found), Some(given)) = (meta.application, application)
                && found != given
            {
                examined.findings.push(
                    Finding::broken("store", "doctor-store-application")
                        .with("found", found.0.to_string())
                        .with("given", given.0.to_string()),
                );
            }
            examined.findings.push(voter_key(place, meta.voter_key.as_deref()));
        }
        Err(error) => examined.findings.push(refused(&error)),
    }
    examined.findings.extend(key_file(&place.folder));
    examined.findings.push(snapshots(place));
    match access.desk().catalog(CatalogScope::Base).await {
        Ok(records) => examined.imported = Some(records.len()),
        Err(error) => examined.findings.push(refused(&error)),
    }
    if let Err(error) = access.close().await {
        examined.findings.push(refused(&error));
    }
    examined
}

/// Looks at the catalog: the starter's files, and whether there is anything to compare at all.
#[must_use]
pub fn catalog(with_starter: bool, imported: Option<usize>) -> Finding {
    let checked = starter::load();
    let starter = if with_starter { checked.tools.len() } else { 0 };
    let imported_count = imported.unwrap_or_default();
    if !checked.problems.is_empty() {
        return Finding::broken("catalog", "doctor-catalog-faulty").with("problems", checked.problems.len());
    }
    let finding = if starter + imported_count == 0 && imported.is_some() {
        Finding::broken("catalog", "doctor-catalog-empty")
    } else {
        Finding::good("catalog", "doctor-catalog")
    };
    finding.with("starter", starter).with("imported", imported_count)
}

fn refused(error: &impl ToString) -> Finding {
    Finding::broken("store", "doctor-store-refused").with("why", error.to_string())
}

fn without_store(place: &Place, absent: &Absent) -> Finding {
    let folder = place.folder.display().to_string();
    match absent {
        Absent::NoStore(_) => match can_be_made(&place.folder) {
            Ok(()) => Finding::note("store", "doctor-store-none").with("folder", folder),
            Err(error) => Finding::broken("store", "doctor-store-folder")
                .with("folder", folder)
                .with("why", error.to_string()),
        },
        Absent::Busy(_) => Finding::broken("store", "doctor-store-busy").with("folder", folder),
        Absent::Refused(_) => refused(absent),
    }
}

/// Whether a folder can be written to, or be made. Leaves nothing behind.
fn can_be_made(folder: &Path) -> std::io::Result<()> {
    let there = folder.ancestors().find(|parent| parent.exists()).unwrap_or(Path::new("."));
    tempfile::Builder::new().prefix(".doctor-").tempfile_in(there).map(drop)
}

/// The key at hand beside the one with which this store's voters were hashed.
fn voter_key(place: &Place, known: Option<&str>) -> Finding {
    let file = place.folder.join(VOTER_KEY_FILE);
    let at_hand = match &place.voter_key {
        Some(text) => Some(VoterKey::of_setting(text)),
        None => fs::read_to_string(&file).ok().and_then(|text| VoterKey::parse(&text)),
    };
    let given = at_hand.map(|key| key.fingerprint());
    match (known, given) {
        (Some(known), Some(given)) if known != given => {
            Finding::broken("key", "doctor-key-other").with("found", known).with("given", given)
        }
        (_, Some(given)) => {
            let key = if place.voter_key.is_some() { "doctor-key-setting" } else { "doctor-key-file" };
            Finding::good("key", key).with("fingerprint", given).with("file", file.display().to_string())
        }
        (known, None) => Finding::broken("key", "doctor-key-missing")
            .with("found", known.unwrap_or("?"))
            .with("file", file.display().to_string()),
    }
}

/// A key file that others can read.
#[cfg(unix)]
fn key_file(folder: &Path) -> Option<Finding> {
    use std::os::unix::fs::PermissionsExt as _;

    let file = folder.join(VOTER_KEY_FILE);
    let mode = fs::metadata(&file).ok()?.permissions().mode();
    (mode & 0o077 != 0)
        .then(|| Finding::note("key", "doctor-key-open").with("file", file.display().to_string()))
}

#[cfg(not(unix))]
const fn key_file(_: &Path) -> Option<Finding> {
    None
}

fn snapshots(place: &Place) -> Finding {
    match restore::snapshots(place) {
        Ok(all) => match all.first() {
            Some(newest) => Finding::good("snapshots", "doctor-snapshots")
                .with("count", all.len())
                .with("taken", newest.taken.as_str()),
            None => Finding::note("snapshots", "doctor-snapshots-none"),
        },
        Err(error) => Finding::note("snapshots", "doctor-snapshots-unread").with("why", error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(folder: &Path) -> Place {
        Place { folder: folder.to_owned(), voter_key: None }
    }

    fn keys(examined: &Examined) -> Vec<&'static str> {
        examined.findings.iter().map(|finding| finding.key).collect()
    }

    #[tokio::test]
    async fn looking_makes_no_store() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("a/b");
        assert_eq!(keys(&store(&place(&missing), None).await), ["doctor-store-none"]);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn a_store_is_held_against_application_and_key() {
        let folder = tempfile::tempdir().unwrap();
        let here = place(folder.path());
        let options = crate::store::OpenOptions {
            application: Some(ApplicationId(7)),
            ..crate::store::OpenOptions::default()
        };
        let opened =
            crate::store::open(&crate::store::StoreFolder::at(folder.path().into()), options).await.unwrap();
        use crate::store::contract::Upkeep as _;
        let locked = store(&here, None).await;
        assert_eq!(keys(&locked), ["doctor-store-busy"]);
        opened.close().await.unwrap();
        drop(opened);
        let good = store(&here, Some(ApplicationId(7))).await;
        assert_eq!(keys(&good)[..2], ["doctor-store-opens", "doctor-key-file"]);
        assert!(good.findings.iter().all(|finding| finding.grade != Grade::Broken));
        let other = store(&here, Some(ApplicationId(8))).await;
        assert!(keys(&other).contains(&"doctor-store-application"));
        let other_key = Place { voter_key: Some("another".to_owned()), ..here.clone() };
        assert_eq!(keys(&store(&other_key, None).await), ["doctor-store-refused"]);
    }

    #[test]
    fn an_empty_catalog_is_no_catalog() {
        assert_eq!(catalog(true, None).grade, Grade::Good);
        assert_eq!(catalog(false, Some(0)).key, "doctor-catalog-empty");
        assert_eq!(catalog(false, Some(3)).key, "doctor-catalog");
    }
}
