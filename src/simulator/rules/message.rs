//! Messages: what a body may contain, and what is left of a message after an edit.
//!
//! From Discord's message, webhook and interaction pages. One function reads every body that writes a message;
//! [`Endpoint`] says what differs.

use serde_json::{Value, json};

use super::component;
use super::embed;
use super::error::{ApiError, FormErrors, Path};
use super::field::Fields;
use super::mention::AllowedMentions;
use super::snowflake::Snowflake;

/// Characters of a message.
pub const MAX_CONTENT: usize = 2000;
/// Characters of a nonce.
pub const MAX_NONCE: usize = 25;
/// Files of a message.
pub const MAX_FILES: usize = 10;
/// Characters of a file's name and of its description.
pub const MAX_FILE_TEXT: usize = 1024;
/// Bytes of one file.
pub const MAX_FILE_BYTES: u64 = 10 * 1024 * 1024;
/// Bytes of a whole request.
pub const MAX_REQUEST_BYTES: u64 = 25 * 1024 * 1024;

/// Bits of a message's flags that a bot can set.
pub mod flag {
    /// Addresses in the text are not unfolded.
    pub const SUPPRESS_EMBEDS: u64 = 1 << 2;
    /// Only the member who asked sees it.
    pub const EPHEMERAL: u64 = 1 << 6;
    /// No sound, no banner.
    pub const SUPPRESS_NOTIFICATIONS: u64 = 1 << 12;
    /// A voice message.
    pub const IS_VOICE_MESSAGE: u64 = 1 << 13;
    /// Built from the newer components only.
    pub const IS_COMPONENTS_V2: u64 = 1 << 15;
}

/// Which request writes the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// `POST /channels/…/messages`.
    Create,
    /// `PATCH /channels/…/messages/…`.
    Edit,
    /// `data` of an answer of type 4.
    Callback,
    /// `data` of an answer of type 7: an edit of the message that carries the component.
    CallbackUpdate,
    /// `POST /webhooks/…/…`.
    FollowUp,
    /// `PATCH /webhooks/…/…/messages/…`, `@original` among them.
    EditWebhook,
}

impl Endpoint {
    /// Whether a message is changed, so that a missing member means "as it was".
    pub fn is_edit(self) -> bool {
        matches!(self, Self::Edit | Self::CallbackUpdate | Self::EditWebhook)
    }

    /// Whether the message belongs to an interaction (or webhook) and pings members only by default.
    pub fn is_webhook(self) -> bool {
        !matches!(self, Self::Create | Self::Edit)
    }

    /// Who may be pinged when the body does not say. An edit forgets what the message said when it was made.
    pub fn default_mentions(self) -> AllowedMentions {
        if self.is_webhook() {
            AllowedMentions::interaction_default()
        } else {
            AllowedMentions::message_default()
        }
    }

    /// The flags that can be set here; others are ignored, as Discord ignores them.
    pub fn settable_flags(self) -> u64 {
        let shown = flag::SUPPRESS_EMBEDS | flag::IS_COMPONENTS_V2;
        match self {
            Self::Create => shown | flag::SUPPRESS_NOTIFICATIONS | flag::IS_VOICE_MESSAGE,
            Self::Callback | Self::FollowUp => {
                shown | flag::SUPPRESS_NOTIFICATIONS | flag::IS_VOICE_MESSAGE | flag::EPHEMERAL
            }
            Self::Edit | Self::CallbackUpdate | Self::EditWebhook => shown,
        }
    }
}

/// A file of a multipart request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// The `n` of its part `files[n]`.
    pub index: u64,
    /// Its name.
    pub filename: String,
    /// Its bytes.
    pub size: u64,
}

/// What is known besides the body.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// Which request it is.
    pub endpoint: Endpoint,
    /// The files that came with it.
    pub uploads: &'a [Upload],
    /// For edits: the message as it stands.
    pub edited: Option<&'a Standing<'a>>,
}

impl<'a> Context<'a> {
    /// A request without files that writes a new message.
    pub fn plain(endpoint: Endpoint) -> Self {
        Self { endpoint, uploads: &[], edited: None }
    }
}

/// The parts of a message that an edit may leave standing.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    /// The text.
    pub content: &'a str,
    /// How many embeds it has.
    pub embeds: usize,
    /// How many components it has.
    pub components: usize,
    /// The ids of its files.
    pub attachments: &'a [Snowflake],
    /// Its flags.
    pub flags: u64,
}

/// One entry of `attachments`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachmentEntry {
    /// The `n` of an uploaded `files[n]`, or the id of a file that stays.
    pub id: Snowflake,
    /// Whether it is an upload.
    pub uploaded: bool,
    /// A new name.
    pub filename: Option<String>,
    /// The description for people who do not see the picture.
    pub description: Option<String>,
}

/// What the message replies to or forwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The message.
    pub message: Snowflake,
    /// Its channel, if it was named.
    pub channel: Option<Snowflake>,
    /// Whether a missing message is an error; else the message is sent without a reply.
    pub fail_if_not_exists: bool,
    /// Forwarded instead of replied to.
    pub forward: bool,
}

/// A body that passed. For an edit, `None` leaves a part as it was; for a new message it means there is none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    /// The text, without the blanks around it.
    pub content: Option<String>,
    /// The embeds as Discord keeps them.
    pub embeds: Option<Vec<Value>>,
    /// The components as Discord keeps them.
    pub components: Option<Vec<Value>>,
    /// Which files it has; `None` in an edit keeps them all, and files that came along are added.
    pub attachments: Option<Vec<AttachmentEntry>>,
    /// Who may be pinged, if the body said so; else see [`Endpoint::default_mentions`].
    pub allowed_mentions: Option<AllowedMentions>,
    /// The flags that can be set on this request, if the body named any.
    pub flags: Option<u64>,
    /// The sender's own mark.
    pub nonce: Option<Value>,
    /// Whether a repeated nonce gives the first message again.
    pub enforce_nonce: bool,
    /// Read aloud.
    pub tts: bool,
    /// What it replies to.
    pub reference: Option<Reference>,
}

impl Draft {
    /// Whether the message is built from the newer components.
    pub fn is_v2(&self) -> bool {
        self.flags.unwrap_or(0) & flag::IS_COMPONENTS_V2 != 0
    }
}

/// Checks a body that writes a message. Complaints about fields begin at the body; a body of an answer stands
/// under `data`, see [`check_at`].
pub fn check(body: &Value, context: &Context<'_>) -> Result<Draft, ApiError> {
    check_at(body, &Path::ROOT, context)
}

/// [`check`] for a body that stands at `path` in the form.
pub fn check_at(body: &Value, path: &Path<'_>, context: &Context<'_>) -> Result<Draft, ApiError> {
    check_sizes(context.uploads)?;
    let mut errors = FormErrors::default();
    let draft = Fields::of(body, path, &mut errors).map(|fields| read(&fields, context, &mut errors));
    errors.into_result()?;
    let draft = draft.ok_or_else(ApiError::internal)?;
    if is_empty(&draft, context) {
        return Err(ApiError::empty_message());
    }
    Ok(draft)
}

/// Whether files are within their limits; 40005 when one is not.
pub fn check_sizes(uploads: &[Upload]) -> Result<(), ApiError> {
    if uploads.len() > MAX_FILES {
        return Err(ApiError::new(400, 30015, "Maximum number of attachments in a message reached (10)"));
    }
    let total: u64 = uploads.iter().map(|file| file.size).fold(0, u64::saturating_add);
    if total > MAX_REQUEST_BYTES || uploads.iter().any(|file| file.size > MAX_FILE_BYTES) {
        return Err(ApiError::entity_too_large());
    }
    Ok(())
}

fn read(body: &Fields<'_, '_>, context: &Context<'_>, errors: &mut FormErrors) -> Draft {
    let endpoint = context.endpoint;
    let edit = endpoint.is_edit();
    let already_v2 = context.edited.is_some_and(|message| message.flags & flag::IS_COMPONENTS_V2 != 0);
    let flags = body
        .integer(errors, "flags", 0..=i64::MAX)
        .map(|bits| bits.unsigned_abs() & endpoint.settable_flags());
    let v2 = already_v2 || flags.is_some_and(|bits| bits & flag::IS_COMPONENTS_V2 != 0);
    let path = body.path();

    let content = body.text(errors, "content", 0..=MAX_CONTENT).map(|text| text.trim().to_owned());
    let embeds = body
        .list(errors, "embeds", 0..=embed::MAX_EMBEDS)
        .map(|list| embed::check_all(list, &path.key("embeds"), errors));
    let components = body
        .list(errors, "components", 0..=component::MAX_V2)
        .map(|list| component::check(list, &path.key("components"), v2, errors));
    if v2 {
        for key in ["content", "embeds", "poll", "sticker_ids", "shared_client_theme"] {
            let given = body.get(key).is_some_and(|value| *value != json!([]) && *value != json!(""));
            if given {
                let message =
                    format!("The '{key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2");
                body.complain(errors, key, "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", message);
            }
        }
    }
    for key in ["poll", "shared_client_theme"] {
        if body.get(key).is_some() {
            body.complain(errors, key, "NOT_SIMULATED", format!("The simulator has no {key}."));
        }
    }
    if body.list(errors, "sticker_ids", 0..=3).is_some_and(|list| !list.is_empty()) {
        body.complain(errors, "sticker_ids", "NOT_SIMULATED", "The simulator has no stickers.");
    }
    // In an edit, an explicit null clears a part; in a new message it is as good as missing.
    let cleared = |key: &str| edit && body.has(key) && body.get(key).is_none();
    Draft {
        content: content.or_else(|| cleared("content").then(String::new)),
        embeds: embeds.or_else(|| cleared("embeds").then(Vec::new)),
        components: components.or_else(|| cleared("components").then(Vec::new)),
        attachments: attachments(body, context, errors).or_else(|| cleared("attachments").then(Vec::new)),
        allowed_mentions: AllowedMentions::check(body, errors),
        flags,
        nonce: nonce(body, errors),
        enforce_nonce: body.boolean(errors, "enforce_nonce").unwrap_or(false),
        tts: body.boolean(errors, "tts").unwrap_or(false),
        reference: if endpoint == Endpoint::Create { reference(body, errors) } else { None },
    }
}

/// The mark of the sender: a short text, or a whole number.
fn nonce(body: &Fields<'_, '_>, errors: &mut FormErrors) -> Option<Value> {
    let nonce = body.get("nonce")?;
    if nonce.is_i64() || nonce.is_u64() {
        return Some(nonce.clone());
    }
    body.text(errors, "nonce", 0..=MAX_NONCE).map(|text| json!(text))
}

fn reference(body: &Fields<'_, '_>, errors: &mut FormErrors) -> Option<Reference> {
    let path = body.path().key("message_reference");
    let fields = Fields::of(body.get("message_reference")?, &path, errors)?;
    if fields.get("message_id").is_none() {
        fields.missing(errors, "message_id");
    }
    let kind = fields.choice(errors, "type", &[0, 1]).unwrap_or(0);
    fields.snowflake(errors, "guild_id");
    Some(Reference {
        message: fields.snowflake(errors, "message_id")?,
        channel: fields.snowflake(errors, "channel_id"),
        fail_if_not_exists: fields.boolean(errors, "fail_if_not_exists").unwrap_or(true),
        forward: kind == 1,
    })
}

fn attachments(
    body: &Fields<'_, '_>,
    context: &Context<'_>,
    errors: &mut FormErrors,
) -> Option<Vec<AttachmentEntry>> {
    let list = body.list(errors, "attachments", 0..=MAX_FILES)?;
    let path = body.path().key("attachments");
    let standing = context.edited.map_or(&[][..], |message| message.attachments);
    let mut entries = Vec::with_capacity(list.len());
    for (index, item) in list.iter().enumerate() {
        let path = path.index(index);
        let Some(fields) = Fields::of(item, &path, errors) else { continue };
        if fields.get("id").is_none() {
            fields.missing(errors, "id");
        }
        let filename = fields.text(errors, "filename", 1..=MAX_FILE_TEXT).map(str::to_owned);
        let description = fields.text(errors, "description", 0..=MAX_FILE_TEXT).map(str::to_owned);
        let Some(id) = fields.snowflake(errors, "id") else { continue };
        let uploaded = context.uploads.iter().any(|file| file.index == id.0);
        if !uploaded && !standing.contains(&id) {
            let message = "The referenced attachment was neither uploaded nor is it part of the message";
            fields.complain(errors, "id", "ATTACHMENT_NOT_FOUND", message);
            continue;
        }
        entries.push(AttachmentEntry { id, uploaded, filename, description });
    }
    Some(entries)
}

/// Whether nothing would be shown.
fn is_empty(draft: &Draft, context: &Context<'_>) -> bool {
    let old = context.edited.filter(|_| context.endpoint.is_edit());
    if context.endpoint.is_edit() && old.is_none() {
        // The caller does not say what stands; only a body that clears everything it knows of is empty.
        let cleared =
            draft.content.as_deref() == Some("") && draft.embeds.as_ref().is_some_and(Vec::is_empty);
        return cleared && draft.components.as_ref().is_none_or(Vec::is_empty) && context.uploads.is_empty();
    }
    let text = draft.content.as_deref().unwrap_or(old.map_or("", |message| message.content));
    let embeds = draft.embeds.as_ref().map_or(old.map_or(0, |message| message.embeds), Vec::len);
    let components = draft.components.as_ref().map_or(old.map_or(0, |message| message.components), Vec::len);
    let kept =
        draft.attachments.as_ref().map_or(old.map_or(0, |message| message.attachments.len()), Vec::len);
    let forwarded = draft.reference.as_ref().is_some_and(|reference| reference.forward);
    text.is_empty() && embeds == 0 && components == 0 && kept == 0 && context.uploads.is_empty() && !forwarded
}

#[cfg(test)]
mod tests;
