//! Errors as Discord sends them: an HTTP status, a code of its own, a sentence, and for forms a tree of
//! complaints that mirrors the form.
//!
//! Codes and their meaning are from Discord's page on opcodes and status codes; the HTTP status beside each code
//! is what clients report to receive with it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// An error answer of the REST API.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{status} ({code}): {message}")]
pub struct ApiError {
    /// The HTTP status.
    pub status: u16,
    /// Discord's own code; zero where it has none.
    pub code: u32,
    /// The sentence beside the code.
    pub message: Cow<'static, str>,
    /// The complaints about fields, for a form that did not fit.
    pub errors: Option<Value>,
}

/// Makes one constructor for each error that is only a status, a code and a sentence.
macro_rules! plain_errors {
    ($($(#[$doc:meta])* $name:ident = $status:literal, $code:literal, $message:literal;)*) => {
        impl ApiError {
            $(
                $(#[$doc])*
                pub const fn $name() -> Self {
                    Self::new($status, $code, $message)
                }
            )*
        }

        #[cfg(test)]
        const PLAIN: &[fn() -> ApiError] = &[$(ApiError::$name),*];
    };
}

plain_errors! {
    /// The path leads nowhere (or to an endpoint that is not simulated).
    not_found = 404, 0, "404: Not Found";
    /// The path exists, the method does not.
    method_not_allowed = 405, 0, "405: Method Not Allowed";
    /// No token, or one that nobody holds.
    unauthorized = 401, 0, "401: Unauthorized";
    /// A fault on Discord's side.
    internal = 500, 0, "500: Internal Server Error";
    /// A proxy in front of Discord found nobody behind it.
    bad_gateway = 502, 0, "502: Bad Gateway";
    /// Discord has no capacity at the moment.
    unavailable = 503, 0, "503: Service Unavailable";
    /// 10002: no application has this id, or it is not the caller's.
    unknown_application = 404, 10002, "Unknown Application";
    /// 10003: no such channel.
    unknown_channel = 404, 10003, "Unknown Channel";
    /// 10004: no such server, or the bot is not in it.
    unknown_guild = 404, 10004, "Unknown Guild";
    /// 10007: that person is not in the server.
    unknown_member = 404, 10007, "Unknown Member";
    /// 10008: no such message in this channel.
    unknown_message = 404, 10008, "Unknown Message";
    /// 10011: no such role.
    unknown_role = 404, 10011, "Unknown Role";
    /// 10013: no such person.
    unknown_user = 404, 10013, "Unknown User";
    /// 10014: the text is not an emoji, or a custom emoji that the bot cannot see.
    unknown_emoji = 400, 10014, "Unknown Emoji";
    /// 10015: no such webhook; also the answer of `@original` before the interaction was answered.
    unknown_webhook = 404, 10015, "Unknown Webhook";
    /// 10062: no such interaction, or its three seconds are over.
    unknown_interaction = 404, 10062, "Unknown interaction";
    /// 10063: no such command.
    unknown_application_command = 404, 10063, "Unknown application command";
    /// 20001: only people may use this endpoint.
    bots_cannot_use = 403, 20001, "Bots cannot use this endpoint";
    /// 20012: another application owns this.
    not_your_application = 403, 20012, "You are not authorized to perform this action on this application";
    /// 20016: a member writes faster than the slow mode of the channel allows.
    slowmode = 400, 20016, "This action cannot be performed due to slowmode rate limit.";
    /// 20028: too many messages are written into this channel.
    channel_write_limit = 429, 20028, "The write action you are performing on the channel has hit the write rate limit.";
    /// 30010: the message already carries twenty different emoji.
    too_many_reactions = 400, 30010, "Maximum number of reactions reached (20)";
    /// 30034: two hundred commands were created for this server (or globally) today.
    too_many_command_creates = 429, 30034, "Max number of daily application command creates has been reached (200)";
    /// 30046: too many edits of messages that are more than an hour old.
    too_many_old_edits = 429, 30046, "Maximum number of edits to messages older than 1 hour reached. Try again later.";
    /// 40001: the token does not give this right.
    unauthorized_token = 401, 40001, "Unauthorized. Provide a valid token and try again";
    /// 40005: the request body is larger than allowed.
    entity_too_large = 413, 40005, "Request entity too large";
    /// 40060: the interaction has its first answer already.
    already_acknowledged = 400, 40060, "Interaction has already been acknowledged.";
    /// 50001: the bot cannot see this.
    missing_access = 403, 50001, "Missing Access";
    /// 50003: this cannot be done in a private conversation.
    dm_channel = 403, 50003, "Cannot execute action on a DM channel";
    /// 50005: a message of somebody else cannot be edited.
    not_the_author = 403, 50005, "Cannot edit a message authored by another user";
    /// 50006: nothing would be shown.
    empty_message = 400, 50006, "Cannot send an empty message";
    /// 50007: this person takes no messages from the bot.
    cannot_message_user = 403, 50007, "Cannot send messages to this user";
    /// 50008: the channel holds no text.
    not_a_text_channel = 400, 50008, "Cannot send messages in a non-text channel";
    /// 50013: the bot sees the channel but may not do this in it.
    missing_permissions = 403, 50013, "Missing Permissions";
    /// 50014: the token is not well formed, or was reset.
    invalid_token = 401, 50014, "Invalid authentication token provided";
    /// 50016: bulk delete takes 2 to 100 messages.
    bulk_delete_count = 400, 50016, "You can only bulk delete between 2 and 100 messages.";
    /// 50021: a message of the system cannot be changed.
    system_message = 403, 50021, "Cannot execute action on a system message";
    /// 50024: this kind of channel does not do that.
    wrong_channel_type = 400, 50024, "Cannot execute action on this channel type";
    /// 50027: the token of the webhook or interaction is wrong or its fifteen minutes are over.
    invalid_webhook_token = 401, 50027, "Invalid Webhook Token";
    /// 50034: bulk delete takes no message older than fourteen days.
    message_too_old = 400, 50034, "You can only bulk delete messages that are under 14 days old.";
    /// 50045: a file is larger than allowed.
    file_too_large = 413, 50045, "File uploaded exceeds the maximum size";
    /// 50083: the thread is archived.
    archived_thread = 400, 50083, "Thread is archived";
    /// 50109: the body is not JSON.
    invalid_json = 400, 50109, "The request body contains invalid JSON.";
    /// 90001: the reaction is not allowed by the message's author.
    reaction_blocked = 403, 90001, "Reaction blocked";
    /// 130000: Discord is overloaded.
    overloaded = 503, 130000, "API resource is currently overloaded. Try again a little later";
    /// 160002: a reply needs the permission to read what it answers.
    reply_without_history = 403, 160002, "Cannot reply without permission to read message history";
}

impl ApiError {
    /// An error of a status, a code and a sentence.
    pub const fn new(status: u16, code: u32, message: &'static str) -> Self {
        Self { status, code, message: Cow::Borrowed(message), errors: None }
    }

    /// 50035 with one complaint at `path`.
    pub fn form(path: &Path<'_>, code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        let mut errors = FormErrors::default();
        errors.add(path, code, message);
        errors.into_error()
    }

    /// 30032: the scope holds `limit` commands of this kind already.
    pub fn too_many_commands(limit: usize) -> Self {
        let message = format!("Maximum number of application commands reached ({limit}).");
        Self { message: Cow::Owned(message), ..Self::new(400, 30032, "") }
    }

    /// The JSON body of the answer.
    pub fn body(&self) -> Value {
        let mut body = json!({ "message": self.message, "code": self.code });
        if let Some(errors) = &self.errors {
            body["errors"] = errors.clone();
        }
        body
    }
}

/// Where in a form something stands. Lives on the stack: each step borrows the one before.
#[derive(Clone, Copy, Debug)]
pub struct Path<'a> {
    parent: Option<&'a Path<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Step<'a> {
    Root,
    Key(&'a str),
    Index(usize),
}

impl<'a> Path<'a> {
    /// The form itself.
    pub const ROOT: Path<'static> = Path { parent: None, step: Step::Root };

    /// The member `key` of the object that stands here.
    pub fn key(&'a self, key: &'a str) -> Path<'a> {
        Path { parent: Some(self), step: Step::Key(key) }
    }

    /// The item `index` of the list that stands here.
    pub fn index(&'a self, index: usize) -> Path<'a> {
        Path { parent: Some(self), step: Step::Index(index) }
    }

    /// The steps from the root down.
    fn steps(&self) -> Vec<String> {
        let mut steps = self.parent.map(Path::steps).unwrap_or_default();
        match self.step {
            Step::Root => {}
            Step::Key(key) => steps.push(key.to_owned()),
            Step::Index(index) => steps.push(index.to_string()),
        }
        steps
    }
}

/// Collects complaints about the fields of a form; all of them are reported together.
#[derive(Clone, Debug, Default)]
pub struct FormErrors {
    root: Node,
}

#[derive(Clone, Debug, Default)]
struct Node {
    errors: Vec<Value>,
    children: BTreeMap<String, Node>,
}

impl FormErrors {
    /// Adds a complaint: Discord's short code (`BASE_TYPE_REQUIRED`) and a sentence.
    pub fn add(&mut self, path: &Path<'_>, code: &'static str, message: impl Into<Cow<'static, str>>) {
        let mut node = &mut self.root;
        for step in path.steps() {
            node = node.children.entry(step).or_default();
        }
        node.errors.push(json!({ "code": code, "message": message.into() }));
    }

    /// Whether nothing was found wrong.
    pub fn is_empty(&self) -> bool {
        self.root.is_empty()
    }

    /// `Ok` when nothing was found wrong, else the 50035 with everything.
    pub fn into_result(self) -> Result<(), ApiError> {
        if self.is_empty() { Ok(()) } else { Err(self.into_error()) }
    }

    fn into_error(self) -> ApiError {
        ApiError { errors: Some(self.root.into_value()), ..ApiError::new(400, 50035, "Invalid Form Body") }
    }
}

impl Node {
    fn is_empty(&self) -> bool {
        self.errors.is_empty() && self.children.values().all(Node::is_empty)
    }

    /// Complaints about a field and complaints about things inside it exclude each other: the outer ones win.
    fn into_value(self) -> Value {
        if !self.errors.is_empty() {
            return json!({ "_errors": self.errors });
        }
        let members = self.children.into_iter().map(|(key, node)| (key, node.into_value()));
        Value::Object(members.collect::<Map<_, _>>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_has_the_documented_form() {
        let root = Path::ROOT;
        let activities = root.key("activities");
        let first = activities.index(0);
        let mut errors = FormErrors::default();
        assert!(errors.is_empty());
        errors.add(
            &first.key("platform"),
            "BASE_TYPE_CHOICES",
            "Value must be one of ('desktop', 'android').",
        );
        errors.add(&first.key("type"), "BASE_TYPE_CHOICES", "Value must be one of (0, 1).");
        let error = errors.into_result().unwrap_err();
        assert_eq!(error.status, 400);
        assert_eq!(
            error.body(),
            json!({
                "code": 50035,
                "message": "Invalid Form Body",
                "errors": { "activities": { "0": {
                    "platform": { "_errors": [{
                        "code": "BASE_TYPE_CHOICES",
                        "message": "Value must be one of ('desktop', 'android').",
                    }] },
                    "type": { "_errors": [{
                        "code": "BASE_TYPE_CHOICES",
                        "message": "Value must be one of (0, 1).",
                    }] },
                } } },
            })
        );
    }

    #[test]
    fn a_complaint_about_the_whole_form_stands_at_the_top() {
        let error = ApiError::form(
            &Path::ROOT,
            "APPLICATION_COMMAND_TOO_LARGE",
            "Command exceeds maximum size (8000)",
        );
        assert_eq!(error.body()["errors"]["_errors"][0]["code"], "APPLICATION_COMMAND_TOO_LARGE");
    }

    #[test]
    fn a_complaint_about_a_field_hides_those_inside_it() {
        // Discord's own description allows no member beside `_errors`.
        let root = Path::ROOT;
        let embed = root.key("embed");
        let mut errors = FormErrors::default();
        errors.add(&embed.key("title"), "BASE_TYPE_REQUIRED", "This field is required");
        errors.add(&embed, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType");
        let body = errors.into_result().unwrap_err().body();
        assert_eq!(body["errors"]["embed"].as_object().unwrap().keys().collect::<Vec<_>>(), ["_errors"]);
    }

    #[test]
    fn plain_errors_are_whole_and_differ() {
        let mut codes: Vec<u32> = PLAIN.iter().map(|make| make().code).filter(|code| *code != 0).collect();
        let all = codes.len();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), all, "a code stands twice");
        for error in PLAIN.iter().map(|make| make()) {
            assert!((400..600).contains(&error.status) && !error.message.is_empty(), "{error}");
            assert_eq!(error.body().get("errors"), None);
        }
    }
}
