//! The built program, as a person meets it: what it prints, and how it ends.

mod place;
mod store;

use std::process::Stdio;

use self::place::{Place, Ran};

#[test]
fn the_two_given_tools_are_compared() {
    let ran = Place::new().run(&["compare", "haiku open weights", "axlotl"]);
    insta::assert_snapshot!(ran.shown());
}

#[test]
fn a_comparison_as_json_is_one_object() {
    let ran = Place::new().run(&["compare", "haiku open weights", "axlotl", "--json"]);
    assert_eq!((ran.code, ran.out.lines().count()), (0, 1));
    let mut json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let reason = json["votes"]["reason"].take();
    assert!(reason.as_str().unwrap().contains("there is no store in"), "{reason}");
    insta::assert_json_snapshot!(json);
}

#[test]
fn names_that_are_not_clear_end_with_3_and_say_what_to_type() {
    let place = Place::new();
    let ran = place.run(&["compare", "margherita pizza", "axlotl"]);
    insta::assert_snapshot!("unknown", ran.shown());
    assert_eq!(ran.code, 3);
    let ran = place.run(&["compare", "code llama", "stable", "axolotl", "--json"]);
    assert_eq!(ran.code, 3);
    let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert!(!json["unclear"].as_array().unwrap().is_empty());
}

#[test]
fn the_same_tool_twice_is_wrong_use() {
    let ran = Place::new().run(&["compare", "axolotl", "axlotl"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("Axolotl v0.16 stands there twice"), "{}", ran.err);
}

#[test]
fn wrong_use_ends_with_2() {
    let place = Place::new();
    for args in [
        &["compare", "one"][..],
        &["compare", "a", "b", "c", "d", "e"],
        &["nonsense"],
        &["forget", "@somebody"],
        &["tool", "axolotl", "--server", "my server"],
        &["top", "--limit", "0"],
    ] {
        let ran = place.run(args);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{args:?}");
        assert!(ran.err.contains("error:"), "{args:?}: {}", ran.err);
    }
}

#[test]
fn one_tool_is_shown_with_all_reviews() {
    insta::assert_snapshot!(Place::new().run(&["tool", "axlotl"]).shown());
}

#[test]
fn top_orders_by_the_panel_when_no_votes_are_known() {
    let ran = Place::new().run(&["top", "--category", "Fine-tuning", "--limit", "3", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(
        (ran.code, json["by"].as_str(), json["category"].as_str()),
        (0, Some("panel"), Some("fine-tuning"))
    );
    let ran = Place::new().run(&["top", "--category", "fine-tunning"]); // typos:ignore
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("Did you mean fine-tuning?"), "{}", ran.err);
}

#[test]
fn find_echoes_the_query_as_it_came() {
    let place = Place::new();
    let input = "  axlotl \r\n\n\u{200b}haiku open weights\tx\nlast without end";
    let ran = place.feed(&["find", "--json", "--limit", "2"], input.as_bytes());
    assert_eq!(ran.code, 0);
    let queries: Vec<String> = ran
        .out
        .lines()
        .map(|line| {
            serde_json::from_str::<serde_json::Value>(line).unwrap()["query"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(queries, ["  axlotl \r", "", "\u{200b}haiku open weights\tx", "last without end"]);
}

#[test]
fn find_looks_in_a_file_without_any_store() {
    let place = Place::new();
    std::fs::write(
        place.path().join("own.jsonl"),
        "{\"name\": \"Widget Press\", \"tagline\": \"x\", \"category\": \"Printing & More\"}\n{\"name\": \"Widget Mill\"}\n",
    )
    .unwrap();
    let ran = place.run(&["find", "--catalog", "own.jsonl", "--json", "widgt press"]);
    let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.code, json["decision"].as_str()), (0, Some("match")));
    assert_eq!(json["matches"][0]["id"], "widget-press");
    let ran = place.run(&["find", "--catalog", "own.jsonl", "axolotl", "--json"]);
    assert_eq!(ran.code, 3, "{}", ran.out);
    assert!(!place.path().join("data").exists(), "no store was made");
    let ran = place.run(&["find", "--catalog", "missing.jsonl", "x"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("missing.jsonl"), "{}", ran.err);
}

#[test]
fn commands_that_show_make_no_store() {
    let place = Place::new();
    for args in [
        &["compare", "axolotl", "unsloth"][..],
        &["tool", "axolotl"],
        &["top"],
        &["find", "axolotl"],
        &["check-data"],
        &["export"],
        &["check"],
        &["restore"],
        &["recount"],
        &["forget", "80351110224678912"],
    ] {
        place.run(args);
        assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0, "{args:?}");
    }
    let ran = place.run(&["export"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("there is no store"), "{}", ran.err);
}

#[test]
fn what_was_typed_is_repeated_short_and_an_empty_name_is_wrong_use() {
    let place = Place::new();
    let long = "x".repeat(6_000);
    for args in [&["tool", long.as_str()][..], &["compare", "cursor", &long], &["find", &long]] {
        let ran = place.run(args);
        assert_eq!(ran.code, 3, "{}", ran.err);
        assert!(ran.out.len() + ran.err.len() < 600, "{} {}", ran.out.len(), ran.err.len());
    }
    for args in [&["tool", ""][..], &["tool", "  "], &["compare", "cursor", "", "--json"]] {
        let ran = place.run(args);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
        assert!(ran.err.contains("empty"), "{}", ran.err);
    }
    let ran = place.run(&["top", "--category", "vector"]);
    assert!(ran.code == 3 && ran.err.contains("Did you mean vector-databases?"), "{}", ran.err);
}

#[test]
fn an_import_that_writes_nothing_makes_no_store_and_says_why() {
    let place = Place::new();
    std::fs::create_dir(place.path().join("none")).unwrap();
    std::fs::write(place.path().join("bad.jsonl"), "{\"name\":\"Fine\"}\n{\"nme\":\"x\"}\n").unwrap();
    for (args, input) in
        [(&["import", "none"][..], ""), (&["import", "-"], ""), (&["import", "bad.jsonl"], "")]
    {
        let ran = place.feed(args, input.as_bytes());
        assert_eq!(ran.code, 1, "{args:?} {}", ran.out);
        assert!(!place.data().exists(), "{args:?}");
    }
    let ran = place.run(&["import", "none"]);
    assert_eq!(ran.err, "error: There is no tool in none; nothing was imported.\n");
    let ran = place.run(&["import", "bad.jsonl", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(json["problems"][1]["code"], "check-unknown-field-near");
    assert_eq!(
        (json["problems"][1]["line"].as_u64(), json["problems"][1]["field"].as_str()),
        (Some(2), Some("nme"))
    );
    assert_eq!((json["is_done"].as_bool(), json["new"].as_u64()), (Some(false), Some(1)));
    assert_eq!(place.run(&["import", "bad.jsonl", "--skip-bad"]).code, 0);
    assert!(place.data().exists());
    // An export, looked at without being taken back, as JSON too.
    assert_eq!(place.run(&["export", "all.jsonl"]).code, 0);
    let ran = place.run(&["import", "all.jsonl", "--dry-run", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert!(json["records"].as_u64() > Some(0) && json["is_done"] == false, "{json}");
}

/// All names of fields within a value.
fn fields(value: &serde_json::Value, into: &mut std::collections::BTreeSet<String>) {
    match value {
        serde_json::Value::Object(map) => {
            for (name, value) in map {
                into.insert(name.clone());
                fields(value, into);
            }
        }
        serde_json::Value::Array(all) => all.iter().for_each(|value| fields(value, into)),
        _ => {}
    }
}

#[test]
fn every_field_of_the_json_is_in_the_manual() {
    let manual = include_str!("../../docs/terminal.md");
    let place = Place::new();
    std::fs::write(place.path().join("a.csv"), "name,nme,color\nFine,,red\n,x,\n").unwrap();
    std::fs::write(place.path().join("b.jsonl"), "{\"name\":\"Fine\",\"color\":\"red\"}\n").unwrap();
    let mut missing = std::collections::BTreeSet::new();
    for args in [
        &["compare", "cursor", "claude code", "vllm"][..],
        &["compare", "cursor", "zzz"],
        &["tool", "claude code"],
        &["top", "--limit", "2"],
        &["find", "lama"],
        &["import", "a.csv"],
        &["import", "b.jsonl"],
        &["check-data"],
        &["check-data", "."],
        &["check"],
        &["restore"],
        &["forget", "80351110224678912"],
        &["doctor"],
    ] {
        let ran = place.run(&[args, &["--json"]].concat());
        let json: serde_json::Value =
            serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{args:?} {}", ran.err));
        let mut found = std::collections::BTreeSet::new();
        fields(&json, &mut found);
        assert!(!found.is_empty());
        missing.extend(found.into_iter().filter(|name| !manual.contains(&format!("`{name}`"))));
    }
    assert!(missing.is_empty(), "not in docs/terminal.md: {missing:?}");
}

#[test]
fn check_data_names_file_line_field_and_mend() {
    let place = Place::new();
    let tools = place.path().join("mine/tools");
    std::fs::create_dir_all(&tools).unwrap();
    std::fs::write(
        tools.join("widget.toml"),
        "name = \"Widget\"\ntagline = \"\"\n[entry]\nkind = \"cheap\"\nchecked = 2026-11-01\n",
    )
    .unwrap();
    let ran = place.run(&["check-data", "mine"]);
    insta::assert_snapshot!(ran.shown());
    let ran = place.run(&["check-data", "mine", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.code, json["problems"][0]["line"].as_u64()), (1, Some(2)));
    assert_eq!(place.run(&["check-data", "nowhere"]).code, 1);
    assert_eq!(place.run(&["check-data"]).code, 0);
}

#[test]
fn a_pipe_gets_plain_text_and_colour_can_be_forced() {
    let place = Place::new();
    assert!(!place.run(&["compare", "axolotl", "unsloth"]).out.contains('\u{1b}'));
    let forced =
        place.command(&["compare", "axolotl", "unsloth"]).env("CLICOLOR_FORCE", "1").output().unwrap();
    assert!(String::from_utf8(forced.stdout).unwrap().contains("\u{1b}[1m"));
    let never = place
        .command(&["compare", "axolotl", "unsloth"])
        .env("CLICOLOR_FORCE", "1")
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    assert!(!String::from_utf8(never.stdout).unwrap().contains('\u{1b}'));
}

#[test]
fn a_reader_who_has_enough_is_no_error() {
    let place = Place::new();
    let mut child = place
        .command(&["top", "--limit", "1000"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let ran = Ran::of(child.wait_with_output().unwrap());
    assert_eq!(ran.code, 0);
    assert!(!ran.err.contains("error"), "{}", ran.err);
}

#[test]
fn settings_that_are_wrong_are_all_told() {
    let ran = Place::new();
    let output = ran.command(&["top"]).env("STARTER", "maybe").env("RECOUNT_DAYS", "soon").output().unwrap();
    let ran = Ran::of(output);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("STARTER") && ran.err.contains("RECOUNT_DAYS"), "{}", ran.err);
}

#[test]
fn without_the_starter_nothing_is_known() {
    let place = Place::new();
    let output = place.command(&["find", "axolotl", "--json"]).env("STARTER", "off").output().unwrap();
    let ran = Ran::of(output);
    assert_eq!(ran.code, 3);
    assert!(ran.out.contains("\"matches\":[]"), "{}", ran.out);
}

#[test]
fn completions_and_manual_pages_are_made() {
    let place = Place::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = place.run(&["completions", shell]);
        assert!(ran.code == 0 && ran.out.contains("check-data"), "{shell}");
    }
    assert!(place.run(&["man"]).out.contains(".TH tiebreaker 1"));
    assert!(place.run(&["man", "compare"]).out.contains("tiebreaker\\-compare"));
    assert_eq!(place.run(&["man", "nonsense"]).code, 2);
}

#[test]
fn help_says_what_there_is() {
    let ran = Place::new().run(&["--help"]);
    insta::assert_snapshot!(ran.shown());
}

#[test]
fn narrow_and_wide_pages_are_filled() {
    let place = Place::new();
    for width in [24, 40, 64, 120] {
        for args in [
            &["compare", "axolotl", "unsloth", "llama factory"][..],
            &["tool", "vllm"],
            &["top"],
            &["find", "cursor"],
        ] {
            let ran = place.run(&[args, &["--width", &width.to_string()]].concat());
            for line in ran.out.lines() {
                let columns = unicode_width::UnicodeWidthStr::width(line);
                assert!(columns <= width, "{columns} of {width}, {args:?}: {line}");
            }
        }
    }
    insta::assert_snapshot!(place.run(&["compare", "haiku open weights", "axlotl", "--width", "40"]).shown());
}
