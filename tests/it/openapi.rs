//! Discord's own OpenAPI description as a judge of recorded traffic.
//!
//! `DISCORD_OPENAPI` names the file (`specs/openapi.json` of `discord/discord-api-spec`). Unset, everything here
//! says `skipped: …` on the terminal and passes. A test hands over what the simulator recorded:
//!
//! ```ignore
//! openapi::check_traffic(&discord.requests());
//! ```
//!
//! Every answer must fit the description, and so must every request that was not refused (tests send wrong ones
//! on purpose). What the description does not know but the documentation does is relaxed, see [`relax`]; what it
//! cannot express (sums, names, pings) is checked by the simulator's rules and by [`super::oracle`].

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Write as _;

use boon::{Compiler, SchemaIndex, Schemas, ValidationError};
use serde_json::{Value, json};
use tiebreaker::simulator::{Exchange, Simulator};

const REQUESTS: &str = "urn:requests";
const ANSWERS: &str = "urn:answers";

/// Says on the terminal that something was skipped. The test harness captures `eprintln!` of tests that pass,
/// so this writes past it.
pub(crate) fn say_skipped(what: &str) {
    let _ = writeln!(std::io::stderr(), "skipped: {what}");
}

/// Checks everything that was recorded against the description and against twilight's own limits.
///
/// # Panics
/// With every complaint, when there is one.
pub(crate) fn check_traffic(exchanges: &[Exchange]) {
    let mut complaints: Vec<String> = exchanges.iter().flat_map(super::oracle::judge).collect();
    if let Some(mut judge) = Judge::from_env() {
        complaints.extend(exchanges.iter().flat_map(|exchange| judge.judge(exchange)));
    }
    let distinct: BTreeSet<String> = complaints.into_iter().collect();
    let listed: Vec<&str> = distinct.iter().map(String::as_str).collect();
    assert!(listed.is_empty(), "{} complaints about the traffic:\n{}", listed.len(), listed.join("\n"));
}

/// A simulator whose traffic is checked when the test is over, unless it failed before.
pub(crate) struct Judged(Simulator);

impl Judged {
    /// Has this simulator's traffic judged at the end.
    pub(crate) fn new(discord: Simulator) -> Self {
        Self(discord)
    }
}

impl std::ops::Deref for Judged {
    type Target = Simulator;

    fn deref(&self) -> &Simulator {
        &self.0
    }
}

impl std::ops::DerefMut for Judged {
    fn deref_mut(&mut self) -> &mut Simulator {
        &mut self.0
    }
}

impl Drop for Judged {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            check_traffic(&self.0.requests());
        }
    }
}

/// The description, ready to judge.
pub(crate) struct Judge {
    spec: Value,
    operations: Vec<Operation>,
    compiler: Compiler,
    schemas: Schemas,
    compiled: HashMap<String, SchemaIndex>,
}

struct Operation {
    method: String,
    template: String,
    segments: Vec<String>,
    /// Names of the parameters that the query may have.
    query: BTreeSet<String>,
}

impl Judge {
    /// The judge for the file in `DISCORD_OPENAPI`; nothing, with a visible word, when it is not set.
    pub(crate) fn from_env() -> Option<Self> {
        static SAID: std::sync::Once = std::sync::Once::new();
        let Some(path) = std::env::var_os("DISCORD_OPENAPI") else {
            SAID.call_once(|| say_skipped("DISCORD_OPENAPI is not set"));
            return None;
        };
        let text = std::fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("DISCORD_OPENAPI {path:?}: {error}"));
        Some(Self::new(serde_json::from_str(&text).expect("DISCORD_OPENAPI is JSON")))
    }

    fn new(spec: Value) -> Self {
        let mut compiler = Compiler::new();
        let (mut requests, mut answers) = (spec.clone(), spec.clone());
        relax(&mut requests, &mut answers);
        compiler.add_resource(REQUESTS, requests).expect("a resource");
        compiler.add_resource(ANSWERS, answers).expect("a resource");
        let operations = operations(&spec);
        Self { spec, operations, compiler, schemas: Schemas::new(), compiled: HashMap::new() }
    }

    /// What is wrong with a request and its answer.
    pub(crate) fn judge(&mut self, exchange: &Exchange) -> Vec<String> {
        let method = exchange.method.to_lowercase();
        let (path, query) = exchange.path.split_once('?').unwrap_or((&exchange.path, ""));
        let name = format!("{} {}", exchange.method, without_ids(path));
        // A cut connection, an answer of a proxy, a path that nobody knows: not Discord's to describe.
        if exchange.status == 0
            || exchange.status >= 500
            || exchange.status == 404 && !exchange.is_simulated()
        {
            return Vec::new();
        }
        let Some(operation) = self.find(&method, path) else {
            let known = exchange.status == 405 || exchange.route.is_none();
            return if known { Vec::new() } else { vec![format!("{name}: no such operation")] };
        };
        let (template, names) = (operation.template.clone(), operation.query.clone());
        let mut complaints = Vec::new();
        if exchange.status < 400 {
            for parameter in
                query.split('&').filter_map(|pair| pair.split('=').next()).filter(|key| !key.is_empty())
            {
                if !names.contains(parameter) {
                    complaints.push(format!("{name}: the query parameter {parameter} is not described"));
                }
            }
            complaints.extend(self.judge_request(&template, &method, &exchange.request, &name));
        }
        complaints.extend(self.judge_answer(&template, &method, exchange, &name));
        complaints
    }

    fn judge_request(&mut self, template: &str, method: &str, body: &Value, name: &str) -> Vec<String> {
        let pointer = format!("/paths/{}/{method}/requestBody", escape(template));
        let Some(described) = self.spec.pointer(&pointer) else {
            let nothing = body.is_null() || *body == json!({});
            return if nothing {
                Vec::new()
            } else {
                vec![format!("{name}: the request has a body, none is described")]
            };
        };
        if body.is_null() {
            let required = described["required"] == true;
            return if required { vec![format!("{name}: the request needs a body")] } else { Vec::new() };
        }
        self.validate(REQUESTS, &format!("{pointer}/content/application~1json/schema"), body)
            .into_iter()
            .map(|complaint| format!("{name}: request {complaint}"))
            .collect()
    }

    fn judge_answer(&mut self, template: &str, method: &str, exchange: &Exchange, name: &str) -> Vec<String> {
        let status = exchange.status;
        let name = format!("{name} → {status}");
        let base = format!("/paths/{}/{method}/responses", escape(template));
        let responses = self.spec.pointer(&base).cloned().unwrap_or_default();
        let class = format!("{}XX", status / 100);
        let keys = [status.to_string(), class, "default".to_owned()];
        let Some(key) = keys.iter().find(|key| responses.get(*key).is_some()) else {
            return vec![format!("{name}: this status is not described")];
        };
        let pointer = match responses[key]["$ref"].as_str() {
            Some(reference) => reference.trim_start_matches('#').to_owned(),
            None => format!("{base}/{key}"),
        };
        let described = self.spec.pointer(&pointer).cloned().unwrap_or_default();
        if described["content"].get("application/json").is_none() {
            let nothing = exchange.answer.is_null();
            return if nothing {
                Vec::new()
            } else {
                vec![format!("{name}: the answer has a body, none is described")]
            };
        }
        self.validate(ANSWERS, &format!("{pointer}/content/application~1json/schema"), &exchange.answer)
            .into_iter()
            .map(|complaint| format!("{name}: answer {complaint}"))
            .collect()
    }

    fn validate(&mut self, resource: &str, pointer: &str, body: &Value) -> Vec<String> {
        // In an address, the braces of a template must be encoded.
        let address = format!("{resource}#{}", pointer.replace('{', "%7B").replace('}', "%7D"));
        let schema = match self.compiled.get(&address) {
            Some(schema) => *schema,
            None => match self.compiler.compile(&address, &mut self.schemas) {
                Ok(schema) => *self.compiled.entry(address).or_insert(schema),
                Err(error) => return vec![format!("cannot be judged: {error}")],
            },
        };
        match self.schemas.validate(body, schema) {
            Ok(()) => Vec::new(),
            Err(error) => leaves(&error),
        }
    }

    fn find(&self, method: &str, path: &str) -> Option<&Operation> {
        // Some clients encode the sign of `@me` and `@original`.
        let path = path.replace("%40", "@");
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        self.operations.iter().find(|operation| {
            operation.method == method
                && operation.segments.len() == segments.len()
                && operation.segments.iter().zip(&segments).all(|(described, given)| {
                    described.starts_with('{') && !given.is_empty() || described == given
                })
        })
    }
}

/// All operations, those with more literal segments first: `@me` and `@original` win over a parameter.
fn operations(spec: &Value) -> Vec<Operation> {
    let mut operations = Vec::new();
    for (template, item) in spec["paths"].as_object().into_iter().flatten() {
        let shared = item["parameters"].as_array().cloned().unwrap_or_default();
        for (method, operation) in
            item.as_object().into_iter().flatten().filter(|(key, _)| *key != "parameters")
        {
            let own = operation["parameters"].as_array().cloned().unwrap_or_default();
            let query = shared.iter().chain(&own).filter(|parameter| parameter["in"] == "query");
            operations.push(Operation {
                method: method.clone(),
                template: template.clone(),
                segments: template.split('/').skip(1).map(str::to_owned).collect(),
                query: query.filter_map(|parameter| parameter["name"].as_str().map(str::to_owned)).collect(),
            });
        }
    }
    operations.sort_by_key(|operation| {
        operation.segments.iter().filter(|segment| segment.starts_with('{')).count()
    });
    operations
}

/// Mends what the description gets wrong: whole numbers may be sent as strings of digits (its README says so)
/// and ids as whole numbers (discord.py sends them so); a 429 has a `code` for some limits only, and the codes
/// inside a form error are words (both by the documentation).
fn relax(requests: &mut Value, answers: &mut Value) {
    relax_integers(&mut requests["components"]["schemas"]);
    relax_integers(&mut requests["paths"]);
    let id = requests["components"]["schemas"]["SnowflakeType"].take();
    requests["components"]["schemas"]["SnowflakeType"] =
        json!({ "anyOf": [id, { "type": "integer", "minimum": 0 }] });
    answers["components"]["schemas"]["RatelimitedResponse"]["allOf"][0] = json!({
        "type": "object",
        "properties": { "message": { "type": "string" }, "code": { "type": "integer" } },
        "required": ["message"],
    });
    answers["components"]["schemas"]["InnerErrors"]["properties"]["_errors"]["items"] = json!({
        "type": "object",
        "properties": { "message": { "type": "string" }, "code": { "type": "string" } },
        "required": ["message", "code"],
    });
}

fn relax_integers(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            // A string of digits now fits two branches of "a number or a text", which is no fault.
            if let Some(branches) = map.remove("oneOf") {
                map.insert("anyOf".into(), branches);
            }
            let integer = match map.get("type") {
                Some(Value::String(name)) => name == "integer",
                Some(Value::Array(names)) => names.contains(&json!("integer")),
                _ => false,
            };
            if integer && !map.contains_key("enum") && !map.contains_key("const") {
                let strict = Value::Object(std::mem::take(map));
                map.insert("anyOf".into(), json!([strict, { "type": "string", "pattern": "^-?[0-9]+$" }]));
            } else {
                map.values_mut().for_each(relax_integers);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(relax_integers),
        _ => {}
    }
}

/// The deepest complaints: in a union, those of the branch that got furthest tell most.
fn leaves(error: &ValidationError<'_, '_>) -> Vec<String> {
    fn walk(error: &ValidationError<'_, '_>, found: &mut BTreeMap<usize, Vec<String>>) {
        if error.causes.is_empty() {
            let depth = error.instance_location.tokens.len();
            let place = error.instance_location.to_string();
            found.entry(depth).or_default().push(format!("at '{place}': {}", error.kind));
        }
        for cause in &error.causes {
            walk(cause, found);
        }
    }
    let mut found = BTreeMap::new();
    walk(error, &mut found);
    let mut deepest = found.pop_last().map(|(_, complaints)| complaints).unwrap_or_default();
    deepest.sort();
    deepest.dedup();
    deepest.truncate(6);
    deepest
}

/// A path with its ids and tokens left out, so that the same complaint is listed once.
fn without_ids(path: &str) -> String {
    let short = |segment: &str| {
        let opaque =
            segment.len() > 24 || segment.bytes().all(|byte| byte.is_ascii_digit()) || segment.contains('%');
        if opaque && !segment.is_empty() { "…".to_owned() } else { segment.to_owned() }
    };
    path.split('/').map(short).collect::<Vec<_>>().join("/")
}

fn escape(template: &str) -> String {
    template.replace('~', "~0").replace('/', "~1")
}

/// An exchange as the simulator would have recorded it.
fn exchange(method: &str, path: &str, request: Value, status: u16, answer: Value) -> Exchange {
    Exchange {
        number: 1,
        at_ms: 0,
        method: method.to_owned(),
        path: path.to_owned(),
        route: Some("/known"),
        status,
        took_ms: 0.0,
        request,
        answer,
        user_agent: String::new(),
        authorized: true,
    }
}

#[test]
fn the_judge_tells_right_from_wrong() {
    let Some(mut judge) = Judge::from_env() else { return };
    let callback = |title: usize| {
        let embed = json!({ "title": "x".repeat(title), "fields": [{ "name": "a", "value": "b" }] });
        exchange(
            "POST",
            "/interactions/1234/token/callback",
            json!({ "type": 4, "data": { "embeds": [embed] } }),
            204,
            Value::Null,
        )
    };
    assert_eq!(judge.judge(&callback(256)), Vec::<String>::new());
    let complaints = judge.judge(&callback(257));
    assert!(complaints.iter().any(|complaint| complaint.contains("/data/embeds/0/title")), "{complaints:?}");

    // Whole numbers may be strings of digits, in requests.
    let command = json!([{ "name": "top", "description": "d", "default_member_permissions": "32" }]);
    let put = |status, answer| exchange("PUT", "/applications/1/commands", command.clone(), status, answer);
    assert_eq!(judge.judge(&put(200, json!([]))), Vec::<String>::new());
    assert!(!judge.judge(&put(200, json!({}))).is_empty(), "the answer is a list");
    assert!(!judge.judge(&put(200, json!([{ "id": 1 }]))).is_empty());

    // Errors have their form, a 429 needs no code.
    let limited = json!({ "message": "You are being rate limited.", "retry_after": 0.25, "global": false });
    assert_eq!(judge.judge(&put(429, limited)), Vec::<String>::new());
    assert!(!judge.judge(&put(429, json!({ "message": "no", "global": false }))).is_empty());
    let form = tiebreaker::simulator::rules::error::ApiError::form(
        &tiebreaker::simulator::rules::error::Path::ROOT.key("name"),
        "BASE_TYPE_REQUIRED",
        "This field is required",
    );
    assert_eq!(judge.judge(&put(400, form.body())), Vec::<String>::new());
    assert!(!judge.judge(&put(400, json!({ "message": "no" }))).is_empty());

    // Literal segments win, unknown operations and query parameters are named.
    let edit = exchange(
        "PATCH",
        "/webhooks/1/token/messages/@original?oops=1",
        json!({ "content": "a" }),
        200,
        Value::Null,
    );
    let complaints = judge.judge(&edit);
    assert!(complaints.iter().any(|complaint| complaint.contains("oops")), "{complaints:?}");
    assert!(!judge.judge(&exchange("POST", "/nowhere", Value::Null, 200, Value::Null)).is_empty());
}
