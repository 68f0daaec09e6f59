//! The command line, as people type it. Help, man page and completions are made from this.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::{
    app::play::PORT,
    domain::ids::{ServerId, UserId},
};

/// A or B, which one should we ship with?
#[derive(Debug, Parser)]
#[command(
    name = "tiebreaker",
    version,
    about = "A or B, which one should we ship with?",
    long_about = "Compares developer tools: what a panel of reviewers says, what a community says, what it costs to start, and \
                  an honest call. Everything on this page works without a Discord account, a token or a network.",
    after_help = "Examples:\n  tiebreaker compare \"haiku open weights\" axlotl\n  tiebreaker tool comfy\n  tiebreaker find lama --limit 5\n\n\
                  Exit codes: 0 done, 1 failed, 2 wrong use, 3 not found or ambiguous.",
    arg_required_else_help = true,
    infer_subcommands = false,
    disable_help_subcommand = true
)]
pub struct Cli {
    /// Columns to fill [default: those of the window, up to 100; 80 in a pipe]
    #[arg(long, global = true, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(20..=1000))]
    pub width: Option<u16>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Opens a page to try everything in a browser: no account, no token, no network
    Play(PlayArgs),
    /// Runs the bot: connects to Discord and answers until it is stopped
    Run(RunArgs),
    /// Registers the bot's commands with Discord; `run` does so by itself
    Register(RegisterArgs),
    /// Puts two to four tools side by side
    Compare(CompareArgs),
    /// Shows one tool with its reviews
    Tool(ToolArgs),
    /// Lists the tools that stand best
    Top(TopArgs),
    /// Finds tools by name, and says how sure it is
    Find(FindArgs),
    /// Adds tools from a file, a folder or standard input to the operator's catalog
    Import(ImportArgs),
    /// Writes everything the store holds, as JSON Lines
    Export(ExportArgs),
    /// Checks catalog files: names file, line, field and mend of every mistake
    CheckData(CheckDataArgs),
    /// Looks at token, Discord, permissions, store and catalog, and says what does not work and how to fix it
    Doctor(OutputArgs),
    /// Checks the store: recounts everything kept and compares
    Check(OutputArgs),
    /// Puts a snapshot of the store back, or lists the snapshots
    Restore(RestoreArgs),
    /// Compares cards with Discord's own lists and repairs what differs (needs a running bot)
    Recount(RecountArgs),
    /// Erases a person in all servers
    Forget(ForgetArgs),
    /// Prints completions for a shell
    Completions(CompletionsArgs),
    /// Prints the manual page
    Man(ManArgs),
}

/// How the answer is written.
#[derive(Debug, Clone, Copy, Args)]
pub struct OutputArgs {
    /// Print JSON instead of text
    #[arg(long)]
    pub json: bool,
}

/// Whose votes are shown.
#[derive(Debug, Clone, Copy, Args)]
pub struct VotesArgs {
    /// Show the votes and the catalog of this Discord server (its id); without it, the votes of all servers together
    #[arg(long, value_name = "ID", value_parser = server_id)]
    pub server: Option<ServerId>,
}

/// `play`
#[derive(Debug, Args)]
pub struct PlayArgs {
    /// Where the page is; 0 takes a free port
    #[arg(long, value_name = "N", default_value_t = PORT)]
    pub port: u16,
    /// Keep everything in this folder and go on from there the next time [default: a temporary folder]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Empty that folder first
    #[arg(long, requires = "data")]
    pub fresh: bool,
    /// Read the page's files from this folder at every request, to work on them
    #[arg(long, value_name = "DIR", hide_short_help = true)]
    pub page: Option<PathBuf>,
}

/// `run`
#[derive(Debug, Clone, Copy, Args)]
pub struct RunArgs {
    /// Open a store that lost its last commits; what still stands on Discord is counted again
    #[arg(long)]
    pub accept_loss: bool,
}

/// `register`
#[derive(Debug, Clone, Copy, Args)]
pub struct RegisterArgs {
    /// Take away the commands that were registered in this one server, so that nobody sees them twice
    #[arg(long, value_name = "ID", value_parser = server_id)]
    pub clear_server: Option<ServerId>,
}

/// `compare`
#[derive(Debug, Args)]
pub struct CompareArgs {
    /// Names of two to four tools, as you would say them
    #[arg(value_name = "NAME", required = true, num_args = 2..=4)]
    pub names: Vec<String>,
    /// Whose votes.
    #[command(flatten)]
    pub votes: VotesArgs,
    /// How it is written.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// `tool`
#[derive(Debug, Args)]
pub struct ToolArgs {
    /// Name of the tool; several words need no quotes
    #[arg(value_name = "NAME", required = true, num_args = 1..)]
    pub name: Vec<String>,
    /// Whose votes.
    #[command(flatten)]
    pub votes: VotesArgs,
    /// How it is written.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// By whose verdict `top` orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ByArg {
    /// The votes of members
    Community,
    /// The verdicts of the panel
    Panel,
}

/// `top`
#[derive(Debug, Args)]
pub struct TopArgs {
    /// Whose verdict orders the list [default: community, or panel where no votes are known]
    #[arg(long, value_enum)]
    pub by: Option<ByArg>,
    /// Only this category, such as vector-databases
    #[arg(long, value_name = "CATEGORY")]
    pub category: Option<String>,
    /// How many tools
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub limit: u16,
    /// Whose votes.
    #[command(flatten)]
    pub votes: VotesArgs,
    /// How it is written.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// `find`
#[derive(Debug, Args)]
pub struct FindArgs {
    /// What to look for, each argument a query of its own; without any, one query per line of standard input
    #[arg(value_name = "QUERY")]
    pub queries: Vec<String>,
    /// Look in this file or folder instead of the catalog (JSON Lines, JSON, CSV, TSV or TOML; only names are needed)
    #[arg(long, value_name = "FILE")]
    pub catalog: Option<String>,
    /// How many tools a query lists at most
    #[arg(long, default_value_t = 25, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub limit: u16,
    /// How it is written.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// `import`
#[derive(Debug, Args)]
#[command(after_long_help = IMPORT_HELP)]
pub struct ImportArgs {
    /// TOML, JSON, JSON Lines, CSV or TSV; a folder of such files; or - for standard input
    #[arg(value_name = "FILE|DIR|-")]
    pub source: String,
    /// Import the records that are right and leave the others out; without it, one mistake refuses the whole import
    #[arg(long)]
    pub skip_bad: bool,
    /// Say what would change, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// How it is written.
    #[command(flatten)]
    pub output: OutputArgs,
}

const IMPORT_HELP: &str = "\
Records:
  Only `name` must be there; the other fields are those of data/README.md. What a record leaves out keeps what the
  tool had before, or stays empty (category `other`, entry price unknown). A JSON or CSV record may have an `id`; one
  tool a TOML file has its id from the file's name. A record without id gets one from its name (\"Llama 3.1\" becomes
  llama-3-1, with -2, -3 when that is taken), and the same one again at the next import.
  Lines with neither `id` nor `entry`, as search catalogs have them, are tidied rather than refused: spaces and
  invisible characters go, long texts are cut, a category in words becomes an id. The summary says how often.
  CSV: entry fields are columns such as entry_kind; aliases are parted by semicolons; a table holds no reviews.
  An unknown field is left out and named in the summary, unless it looks like a slip of a known one: then it is refused.

An export of a store (`tiebreaker export`) is taken back by `import` into an empty store.";

/// `export`
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// Where to [default: standard output]
    #[arg(value_name = "FILE")]
    pub file: Option<String>,
}

/// `check-data`
#[derive(Debug, Args)]
pub struct CheckDataArgs {
    /// A catalog folder such as data [default: the catalog built into this program]
    #[arg(value_name = "DIR")]
    pub folder: Option<String>,
    /// How it is written.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// `restore`
#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// The snapshot to put back; without it, the snapshots are listed
    #[arg(value_name = "SNAPSHOT")]
    pub snapshot: Option<String>,
    /// How it is written.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// `recount`
#[derive(Debug, Args)]
pub struct RecountArgs {
    /// Only the cards of this server
    #[arg(long, value_name = "ID", value_parser = server_id)]
    pub server: Option<ServerId>,
    /// How it is written.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// `forget`
#[derive(Debug, Args)]
pub struct ForgetArgs {
    /// The Discord id of the person's account
    #[arg(value_name = "USER_ID", value_parser = user_id)]
    pub user: UserId,
    /// How it is written.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// `completions`
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// Which shell
    pub shell: clap_complete::Shell,
}

/// `man`
#[derive(Debug, Args)]
pub struct ManArgs {
    /// The page of this command, such as compare [default: the overview]
    #[arg(value_name = "COMMAND")]
    pub of: Option<String>,
}

fn server_id(text: &str) -> Result<ServerId, String> {
    snowflake(text).map(ServerId)
}

fn user_id(text: &str) -> Result<UserId, String> {
    snowflake(text).map(UserId)
}

/// Discord's ids are numbers of 17 to 20 digits; a name or a mention in their place is the usual slip.
fn snowflake(text: &str) -> Result<u64, String> {
    let id: u64 = text
        .parse()
        .map_err(|_| "an id is a number; switch on Developer Mode in Discord, then Copy ID".to_owned())?;
    if id == 0 { Err("an id is not 0".to_owned()) } else { Ok(id) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        use clap::CommandFactory as _;
        Cli::command().debug_assert();
    }
}
