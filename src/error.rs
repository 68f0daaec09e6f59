//! User errors as data (a key and its arguments), and the rest.
//!
//! A [`UserError`] is what went wrong in the words of the person in front of the screen. It carries no sentence, only the
//! key of one and its arguments; [`crate::text`] turns it into words of a language. Everything else is an
//! [`anyhow::Error`] with context: logged once where it is handled, shown to people only as an id they can quote.

use std::fmt;

/// One argument of a text: a word or a number.
#[derive(Debug, Clone, PartialEq)]
pub enum Arg {
    /// Text, inserted as it is. The text room does not escape it; the card room does.
    Text(String),
    /// A number, written in the way of the language.
    Number(f64),
}

impl From<&str> for Arg {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Arg {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<&String> for Arg {
    fn from(value: &String) -> Self {
        Self::Text(value.clone())
    }
}

macro_rules! number_args {
    ($($int:ty),*) => {$(
        impl From<$int> for Arg {
            fn from(value: $int) -> Self {
                #[allow(clippy::cast_precision_loss, clippy::cast_lossless)]
                Self::Number(value as f64)
            }
        }
    )*};
}
number_args!(u8, u16, u32, i32, u64, i64, usize, f64);

/// Something a person can mend: the key of a text in `data/locales/*/errors.ftl` and its arguments.
#[derive(Debug, Clone, PartialEq)]
pub struct UserError {
    /// Key of the Fluent message, for example `error-quote-too-long`.
    pub key: &'static str,
    /// Named arguments of that message.
    pub args: Vec<(&'static str, Arg)>,
}

impl UserError {
    /// An error whose text needs no arguments.
    #[must_use]
    pub const fn new(key: &'static str) -> Self {
        Self { key, args: Vec::new() }
    }

    /// Adds one named argument.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Arg>) -> Self {
        self.args.push((name, value.into()));
        self
    }
}

impl fmt::Display for UserError {
    /// For logs and tests: the key and its arguments, not the sentence.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key)?;
        for (name, value) in &self.args {
            match value {
                Arg::Text(text) => write!(f, " {name}={text:?}")?,
                Arg::Number(number) => write!(f, " {name}={number}")?,
            }
        }
        Ok(())
    }
}

impl std::error::Error for UserError {}

/// What a use case returns when it does not succeed: a thing for the person, or a fault of ours.
#[derive(Debug)]
pub enum Failure {
    /// Shown to the person who asked.
    User(UserError),
    /// Logged with an id; the person sees only that id.
    Internal(anyhow::Error),
}

impl From<UserError> for Failure {
    fn from(error: UserError) -> Self {
        Self::User(error)
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Internal(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(error) => error.fmt(f),
            Self::Internal(error) => write!(f, "{error:#}"),
        }
    }
}

impl std::error::Error for Failure {}
