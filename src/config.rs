//! Environment to typed settings; the only place that reads the environment.
//!
//! Every key stands in [`KEYS`] and, with its default and a comment, in `.env.example`; a test keeps the two equal. All
//! mistakes are reported together, each naming its key and what would be right. Secrets are never printed.

use std::{
    collections::BTreeMap,
    fmt,
    net::SocketAddr,
    ops::Range,
    path::{Path, PathBuf},
};

use reqwest::Url;

/// Every key with its default as it is written in `.env.example` (empty: unset).
pub const KEYS: &[(&str, &str)] = &[
    ("DISCORD_TOKEN", ""),
    ("DISCORD_API_URL", ""),
    ("DATABASE_URL", ""),
    ("VOTER_KEY", ""),
    ("STARTER", "on"),
    ("SHARDS", "auto"),
    ("MENTIONS", "on"),
    ("RECOUNT_DAYS", "30"),
    ("CARD_REUSE_HOURS", "24"),
    ("MEMBER_PER_MINUTE", "5"),
    ("CHANNEL_PER_MINUTE", "10"),
    ("METRICS_ADDR", ""),
    ("RUST_LOG", "info"),
    ("LOG_FORMAT", "text"),
];

/// All settings of one process.
#[derive(Debug, Clone)]
pub struct Config {
    /// The bot's token; needed by `run`, `doctor` and `register` only.
    pub token: Option<Secret>,
    /// A Discord-compatible REST base; `None` is Discord itself.
    pub api_url: Option<Url>,
    /// Where the store is.
    pub database: Database,
    /// The key that hides voters; `None`: the key file in the data folder.
    pub voter_key: Option<Secret>,
    /// Whether the starter catalog is part of the base catalog.
    pub starter: bool,
    /// Which shards this process runs.
    pub shards: Shards,
    /// Whether "@bot A vs B" in messages is answered.
    pub mentions: bool,
    /// Cards of the last so many days are recounted after each new gateway session.
    pub recount_days: u32,
    /// How often one may ask before answers become quiet.
    pub quiet: Quiet,
    /// Where `/metrics` is served, if anywhere.
    pub metrics: Option<SocketAddr>,
    /// How logs are written.
    pub log: Log,
}

/// The three numbers of *Quiet*; 0 switches a rule off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quiet {
    /// A card that stands in the channel since less than this is linked instead of posted again.
    pub card_reuse_hours: u32,
    /// Comparisons of one member in a minute.
    pub member_per_minute: u32,
    /// Comparisons in one channel in a minute.
    pub channel_per_minute: u32,
}

impl Default for Quiet {
    fn default() -> Self {
        Self { card_reuse_hours: 24, member_per_minute: 5, channel_per_minute: 10 }
    }
}

/// Where the store is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Database {
    /// The embedded store in this folder.
    Sled(PathBuf),
}

impl Database {
    /// The folder that holds everything of this installation: store, key file, snapshots, socket.
    #[must_use]
    pub fn folder(&self) -> &Path {
        match self {
            Self::Sled(folder) => folder,
        }
    }
}

/// Which shards this process runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shards {
    /// As many as Discord recommends, all here.
    Auto,
    /// `range` of `total`.
    Some {
        /// Shards of this process.
        range: Range<u32>,
        /// Shards of all processes together.
        total: u32,
    },
}

/// How logs are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// A `tracing-subscriber` filter such as `info,tiebreaker=debug`.
    pub filter: String,
    /// One JSON object a line instead of text.
    pub json: bool,
}

impl Log {
    /// Reads only how logs are written, from the environment and `.env`; `filter` is used when nobody set one.
    ///
    /// # Errors
    /// All mistakes together.
    pub fn from_environment(filter: &str) -> Result<Self, ConfigErrors> {
        let get = environment()?;
        let mut reader = Reader { get: &get, mistakes: Vec::new() };
        let log = reader.log(filter);
        if reader.mistakes.is_empty() { Ok(log) } else { Err(ConfigErrors(reader.mistakes)) }
    }
}

/// A value that is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The value itself, for the one place that needs it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Secret {
    fn from(value: &str) -> Self {
        Self(value.to_owned())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// All mistakes of a configuration.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{}", .0.join("\n"))]
pub struct ConfigErrors(pub Vec<String>);

impl Config {
    /// Reads the environment and, for keys that are not set there, the file `.env` of the working folder.
    ///
    /// # Errors
    /// All mistakes together.
    pub fn from_environment() -> Result<Self, ConfigErrors> {
        Self::parse(environment()?)
    }

    /// Builds the settings from any source of values. An empty value counts as unset.
    ///
    /// # Errors
    /// All mistakes together, each naming its key and what would be right.
    pub fn parse(get: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigErrors> {
        let mut reader = Reader { get: &get, mistakes: Vec::new() };
        let config = Self {
            token: reader
                .optional("DISCORD_TOKEN")
                .map(|token| Secret(token.trim_start_matches("Bot ").to_owned())),
            api_url: reader.parsed(
                "DISCORD_API_URL",
                "an http(s) address such as http://127.0.0.1:8080",
                parse_url,
            ),
            database: reader
                .parsed(
                    "DATABASE_URL",
                    "sled:///absolute/folder, or unset for the data folder of this user",
                    parse_database,
                )
                .or_else(default_database)
                .unwrap_or_else(|| {
                    reader.mistakes.push(
                        "DATABASE_URL: this user has no home folder; set sled:///absolute/folder".to_owned(),
                    );
                    Database::Sled(PathBuf::new())
                }),
            voter_key: reader.parsed("VOTER_KEY", "64 hex digits (openssl rand -hex 32)", |v| {
                (v.len() == 64 && v.bytes().all(|b| b.is_ascii_hexdigit())).then(|| Secret(v.to_owned()))
            }),
            starter: reader.switch("STARTER", true),
            shards: reader
                .parsed("SHARDS", "auto, or FIRST-LAST/TOTAL such as 0-3/16", parse_shards)
                .unwrap_or(Shards::Auto),
            mentions: reader.switch("MENTIONS", true),
            recount_days: reader.number("RECOUNT_DAYS", 30, 365),
            quiet: Quiet {
                card_reuse_hours: reader.number("CARD_REUSE_HOURS", 24, 24 * 365),
                member_per_minute: reader.number("MEMBER_PER_MINUTE", 5, 10_000),
                channel_per_minute: reader.number("CHANNEL_PER_MINUTE", 10, 10_000),
            },
            metrics: reader.parsed("METRICS_ADDR", "an address such as 127.0.0.1:9464", |v| v.parse().ok()),
            log: reader.log("info"),
        };
        config.check_together(&mut reader.mistakes);
        if reader.mistakes.is_empty() { Ok(config) } else { Err(ConfigErrors(reader.mistakes)) }
    }

    /// Rules that join several keys.
    fn check_together(&self, mistakes: &mut Vec<String>) {
        let Database::Sled(_) = self.database;
        if let Shards::Some { range, total } = &self.shards
            && (range.start != 0 || range.end != *total)
        {
            mistakes.push(format!(
                "SHARDS: a sled:// store belongs to one process, which must run all shards; write 0-{}/{total} or auto",
                total - 1
            ));
        }
    }
}

/// Reads values and collects mistakes.
struct Reader<'a> {
    get: &'a dyn Fn(&str) -> Option<String>,
    mistakes: Vec<String>,
}

impl Reader<'_> {
    fn optional(&self, key: &str) -> Option<String> {
        debug_assert!(KEYS.iter().any(|(known, _)| *known == key), "{key} is missing in KEYS");
        (self.get)(key).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    /// `expected` ends the sentence "KEY: VALUE is not …". The value of a secret is not repeated.
    fn parsed<T>(&mut self, key: &str, expected: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let value = self.optional(key)?;
        let parsed = parse(&value);
        if parsed.is_none() {
            let shown = if key == "VOTER_KEY" { "the value".to_owned() } else { format!("{value:?}") };
            self.mistakes.push(format!("{key}: {shown} is not {expected}"));
        }
        parsed
    }

    fn log(&mut self, filter: &str) -> Log {
        Log {
            filter: self
                .parsed("RUST_LOG", "a filter such as info or tiebreaker=debug,warn", |v| {
                    v.parse::<tracing_subscriber::filter::Targets>().ok().map(|_| v.to_owned())
                })
                .unwrap_or_else(|| filter.to_owned()),
            json: self
                .parsed("LOG_FORMAT", "text or json", |v| match v {
                    "text" => Some(false),
                    "json" => Some(true),
                    _ => None,
                })
                .unwrap_or(false),
        }
    }

    fn switch(&mut self, key: &str, default: bool) -> bool {
        let parse = |value: &str| match value.to_ascii_lowercase().as_str() {
            "on" | "true" | "1" | "yes" => Some(true),
            "off" | "false" | "0" | "no" => Some(false),
            _ => None,
        };
        self.parsed(key, "on or off", parse).unwrap_or(default)
    }

    fn number(&mut self, key: &str, default: u32, max: u32) -> u32 {
        let expected = format!("a whole number from 0 to {max}");
        self.parsed(key, &expected, |v| v.parse().ok().filter(|n| *n <= max)).unwrap_or(default)
    }
}

/// A value by its key: from the environment, else from the file `.env` of the working folder.
fn environment() -> Result<impl Fn(&str) -> Option<String>, ConfigErrors> {
    let file = read_dotenv(Path::new(".env"))?;
    Ok(move |key: &str| std::env::var(key).ok().or_else(|| file.get(key).cloned()))
}

fn read_dotenv(path: &Path) -> Result<BTreeMap<String, String>, ConfigErrors> {
    match dotenvy::from_path_iter(path) {
        Ok(lines) => lines
            .collect::<Result<_, _>>()
            .map_err(|error| ConfigErrors(vec![format!("{}: {}", path.display(), dotenv_mistake(&error))])),
        Err(dotenvy::Error::Io(error)) if error.kind() == std::io::ErrorKind::NotFound => Ok(BTreeMap::new()),
        Err(error) => Err(ConfigErrors(vec![format!("{}: {}", path.display(), dotenv_mistake(&error))])),
    }
}

/// The library's message would repeat the whole line, which may hold a secret.
fn dotenv_mistake(error: &dotenvy::Error) -> String {
    match error {
        dotenvy::Error::LineParse(line, _) => {
            let key = line.split('=').next().unwrap_or_default().trim();
            format!("the line of {key} cannot be read; write KEY=value, in quotes when the value has spaces")
        }
        other => other.to_string(),
    }
}

fn parse_url(value: &str) -> Option<Url> {
    let url = Url::parse(value).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.host().is_some()).then_some(url)
}

fn parse_database(value: &str) -> Option<Database> {
    let path = value.strip_prefix("sled://")?;
    (!path.is_empty()).then(|| Database::Sled(PathBuf::from(path)))
}

fn default_database() -> Option<Database> {
    directories::ProjectDirs::from("", "", "tiebreaker")
        .map(|dirs| Database::Sled(dirs.data_dir().to_owned()))
}

fn parse_shards(value: &str) -> Option<Shards> {
    if value == "auto" {
        return Some(Shards::Auto);
    }
    let (range, total) = value.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let (first, last, total): (u32, u32, u32) =
        (first.parse().ok()?, last.parse().ok()?, total.parse().ok()?);
    (first <= last && last < total && total <= 100_000)
        .then(|| Shards::Some { range: first..last + 1, total })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(pairs: &[(&str, &str)]) -> Result<Config, ConfigErrors> {
        Config::parse(|key| pairs.iter().find(|(k, _)| *k == key).map(|(_, v)| (*v).to_owned()))
    }

    #[test]
    fn the_example_file_holds_every_key_with_its_default() {
        let text = include_str!("../.env.example");
        let listed: Vec<(String, String)> = text
            .lines()
            .filter_map(|line| {
                line.strip_prefix('#').map_or(Some(line), |rest| Some(rest).filter(|r| !r.starts_with(' ')))
            })
            .filter_map(|line| line.split_once('='))
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect();
        let known: Vec<(String, String)> =
            KEYS.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        assert_eq!(listed, known);
    }

    #[test]
    fn defaults_in_the_table_are_what_an_empty_environment_gives() {
        let empty = parse(&[("DATABASE_URL", "sled:///x")]).unwrap();
        let mut pairs = KEYS.to_vec();
        pairs.retain(|(key, _)| *key != "DATABASE_URL");
        pairs.push(("DATABASE_URL", "sled:///x"));
        assert_eq!(format!("{empty:?}"), format!("{:?}", parse(&pairs).unwrap()));
    }

    #[test]
    fn all_mistakes_are_reported_together() {
        let error = parse(&[
            ("DISCORD_API_URL", "localhost:80"),
            ("DATABASE_URL", "mysql://x"),
            ("SHARDS", "4-2/16"),
            ("MENTIONS", "perhaps"),
            ("RECOUNT_DAYS", "-1"),
            ("VOTER_KEY", "short secret"),
            ("LOG_FORMAT", "xml"),
            ("METRICS_ADDR", "9464"),
        ])
        .unwrap_err();
        insta::assert_snapshot!(error.to_string(), @r#"
        DISCORD_API_URL: "localhost:80" is not an http(s) address such as http://127.0.0.1:8080
        DATABASE_URL: "mysql://x" is not sled:///absolute/folder, or unset for the data folder of this user
        VOTER_KEY: the value is not 64 hex digits (openssl rand -hex 32)
        SHARDS: "4-2/16" is not auto, or FIRST-LAST/TOTAL such as 0-3/16
        MENTIONS: "perhaps" is not on or off
        RECOUNT_DAYS: "-1" is not a whole number from 0 to 365
        METRICS_ADDR: "9464" is not an address such as 127.0.0.1:9464
        LOG_FORMAT: "xml" is not text or json
        "#);
    }

    #[test]
    fn an_embedded_store_runs_all_shards() {
        let base = ("DATABASE_URL", "sled:///x");
        assert!(parse(&[base, ("SHARDS", "0-15/16")]).is_ok());
        let error = parse(&[base, ("SHARDS", "0-3/16")]).unwrap_err();
        assert!(error.to_string().contains("0-15/16"), "{error}");
    }

    #[test]
    fn secrets_are_not_printed() {
        let config = parse(&[("DISCORD_TOKEN", "Bot abc.def"), ("DATABASE_URL", "sled:///x")]).unwrap();
        assert_eq!(config.token.as_ref().unwrap().reveal(), "abc.def");
        assert!(!format!("{config:?}").contains("abc.def"));
        let line = dotenv_mistake(&dotenvy::Error::LineParse("DISCORD_TOKEN='abc".to_owned(), 14));
        assert!(!line.contains("abc"), "{line}");
    }
}
