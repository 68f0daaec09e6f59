//! Import: every format, every way to be refused, the same again, and 63,000 lines.

use tiebreaker::{
    catalog::{formats::Source, layer::Layer, starter},
    domain::{
        change::{State, Subject},
        ids::ToolId,
        tool::{EntryKind, Tool},
    },
    service::import::{Plan, plan},
    text::Texts,
};
use time::macros::date;

fn sources(files: &[(&str, &str)]) -> Vec<Source> {
    files.iter().map(|(file, text)| Source::new(file, *text)).collect()
}

fn planned(files: &[(&str, &str)], base: &Layer) -> Plan {
    plan(&sources(files), &starter::layer(), base, date!(2026 - 11 - 24))
}

/// The operator's catalog after an import.
fn done(plan: &Plan, mut base: Layer) -> Layer {
    for edit in &plan.edits {
        assert_eq!(base.state(&edit.subject), edit.before, "the edit expects what stands");
        base.set(&edit.subject, edit.after.clone());
    }
    base
}

fn counts(plan: &Plan) -> [usize; 4] {
    [plan.new, plan.changed, plan.same, plan.refused]
}

fn tool<'a>(base: &'a Layer, id: &str) -> &'a Tool {
    base.tool(&ToolId::trusted(id)).unwrap_or_else(|| panic!("{id}")).tool.as_ref().unwrap()
}

fn told(plan: &Plan) -> String {
    let texts = Texts::for_language("en-US");
    plan.problems
        .iter()
        .map(|problem| format!("{}: {}\n", problem.place, texts.error(&problem.what)))
        .collect()
}

/// The same tool in every format.
const FORMATS: [(&str, &str); 6] = [
    (
        "own/widget-db.toml",
        r#"
name = "Widget DB"
aliases = ["wdb", "widgets"]
vendor = "Widget Works"
category = "vector-databases"
tagline = "Vectors in a box"
[entry]
kind = "paid"
note = "Trial of a week"
checked = 2026-11-20
amount = "20"
currency = "USD"
"#,
    ),
    (
        "tools.toml",
        r#"
[[tools]]
id = "widget-db"
name = "Widget DB"
aliases = ["wdb", "widgets"]
vendor = "Widget Works"
category = "vector-databases"
tagline = "Vectors in a box"
entry = { kind = "paid", note = "Trial of a week", checked = 2026-11-20, amount = "20", currency = "USD" }
"#,
    ),
    (
        "tools.json",
        r#"[{"id": "widget-db", "name": "Widget DB", "aliases": ["wdb", "widgets"], "vendor": "Widget Works",
          "category": "vector-databases", "tagline": "Vectors in a box",
          "entry": {"kind": "paid", "note": "Trial of a week", "checked": "2026-11-20", "amount": 20, "currency": "USD"}}]"#,
    ),
    (
        "-",
        r#"{"id": "widget-db", "name": "Widget DB", "aliases": ["wdb", "widgets"], "vendor": "Widget Works", "category": "vector-databases", "tagline": "Vectors in a box", "entry": {"kind": "paid", "note": "Trial of a week", "checked": "2026-11-20", "amount": "20", "currency": "USD"}}"#,
    ),
    (
        "tools.csv",
        "\u{feff}id,name,aliases,vendor,category,tagline,entry_kind,entry_note,entry_checked,entry_amount,entry_currency\n\
         widget-db,Widget DB,wdb; widgets,Widget Works,vector-databases,Vectors in a box,paid,Trial of a week,2026-11-20,20,USD\n",
    ),
    (
        "tools.tsv",
        "id\tname\taliases\tvendor\tcategory\ttagline\tentry.kind\tentry.note\tentry.checked\tentry.amount\tentry.currency\n\
         widget-db\tWidget DB\twdb;widgets\tWidget Works\tvector-databases\tVectors in a box\tpaid\tTrial of a week\t2026-11-20\t20\tUSD\n",
    ),
];

#[test]
fn every_format_gives_the_same_tool() {
    let mut first: Option<Tool> = None;
    for file in FORMATS {
        let plan = planned(&[file], &Layer::default());
        assert_eq!((counts(&plan), told(&plan)), ([1, 0, 0, 0], String::new()), "{}", file.0);
        let base = done(&plan, Layer::default());
        let tool = tool(&base, "widget-db").clone();
        assert_eq!(tool.entry.amount.as_deref(), Some("20"));
        assert_eq!(first.get_or_insert_with(|| tool.clone()), &tool, "{}", file.0);
        let again = planned(&[file], &base);
        assert_eq!((counts(&again), again.edits.len()), ([0, 0, 1, 0], 0), "{}", file.0);
    }
}

#[test]
fn what_a_record_leaves_out_stays() {
    let base = done(&planned(&[FORMATS[0]], &Layer::default()), Layer::default());
    let amend = [("a.jsonl", r#"{"id": "widget-db", "tagline": "Vectors in a crate"}"#)];
    let plan = planned(&amend, &base);
    assert_eq!(counts(&plan), [0, 1, 0, 0]);
    let base = done(&plan, base);
    let tool = tool(&base, "widget-db");
    assert_eq!((tool.tagline.as_str(), tool.vendor.as_str()), ("Vectors in a crate", "Widget Works"));
}

#[test]
fn a_starter_tool_is_amended_and_keeps_its_reviews() {
    let starter = starter::layer();
    let axolotl = ToolId::trusted("axolotl");
    let plan = planned(&[("a.json", r#"{"id": "axolotl", "aliases": ["axo"]}"#)], &Layer::default());
    assert_eq!(counts(&plan), [0, 1, 0, 0]);
    let base = done(&plan, Layer::default());
    assert_eq!(tool(&base, "axolotl").name, "Axolotl v0.16");
    assert!(base.reviews(&axolotl).is_empty(), "the starter's reviews stay where they are");
    assert_eq!(starter.reviews(&axolotl).len(), 4);
    // A starter tool that says what the starter says is not copied: an upgrade may refresh it.
    let same = format!(r#"{{"id": "axolotl", "vendor": "{}"}}"#, tool(&starter, "axolotl").vendor);
    assert!(planned(&[("a.json", &same)], &Layer::default()).edits.is_empty());
}

#[test]
fn reviews_are_the_imports_beside_the_starters() {
    let axolotl = ToolId::trusted("axolotl");
    let review = |who: &str, quote: &str| {
        format!(r#"{{"reviewer": "{who}", "verdict": "skip", "quote": "{quote}", "date": "2026-11-20"}}"#)
    };
    let file = |reviews: &str| {
        format!(
            r#"{{"reviewers": [{{"id": "ops", "name": "Our Ops"}}], "tools": [{{"id": "axolotl", "reviews": [{reviews}]}}]}}"#
        )
    };
    let both = file(&format!("{},{}", review("builder", "Not for us."), review("ops", "Too hungry.")));
    let plan = planned(&[("a.json", &both)], &Layer::default());
    assert_eq!((counts(&plan), plan.reviewers), ([0, 1, 0, 0], 1), "{}", told(&plan));
    let base = done(&plan, Layer::default());
    assert_eq!(base.reviews(&axolotl).len(), 2);
    let one = file(&review("ops", "Too hungry."));
    let plan = planned(&[("a.json", &one)], &base);
    let gone = plan.edits.iter().filter(|edit| edit.after.is_none()).count();
    assert_eq!((counts(&plan), gone), ([0, 1, 0, 0], 1), "the builder's is taken back");
    let base = done(&plan, base);
    assert_eq!(counts(&planned(&[("a.json", &one)], &base)), [0, 0, 1, 0]);
}

#[test]
fn everything_that_is_wrong_is_told_by_line_and_field() {
    insta::assert_snapshot!(told(&planned(
        &[
            (
                "a.jsonl",
                "{\"name\": \"Good\"}\n{\"name\": \"Bad\", \"tagline\": 7}\n{\"nme\": \"Slip\"}\n[1]\n{\"name\": \"Cut\n"
            ),
            (
                "b.csv",
                "name,entry_kind,entry_checked,price\nA,free,2026-11-01,1\nB,cheap,2027-01-01,2\nC,free\nD,free,2026-11-01,4,5\n"
            ),
            (
                "c.json",
                "{\"tools\": [{\"id\": \"Bad Id\", \"name\": \"X\"}, {\"id\": \"nobody\"}], \"extra\": 1}"
            ),
            (
                "d.toml",
                "name = \"E\u{200b}vil\"\n[entry]\nkind = \"free\"\nchecked = \"2026-11-01\"\n[[reviews]]\nreviewer = \"nobody\"\nverdict = \"ship\"\nquote = \"q\"\ndate = 2026-11-01\n"
            ),
            ("e.csv", "title,price\nA,1\n"),
            ("f.json", "{\"id\": \"twice\", \"name\": \"One\"}"),
            ("g.json", "{\"id\": \"twice\", \"name\": \"Two\"}"),
        ],
        &Layer::default()
    )));
}

#[test]
fn what_is_right_is_planned_beside_what_is_refused() {
    let files = [("a.jsonl", "{\"name\": \"Good\"}\n{\"name\": 7}\n{\"name\": \"Fine\"}\n")];
    let plan = planned(&files, &Layer::default());
    assert_eq!(counts(&plan), [2, 0, 0, 1]);
    assert_eq!(plan.problems.len(), 1);
}

#[test]
fn short_lines_are_tidied_and_the_notes_say_so() {
    let long = "word ".repeat(60);
    let line = format!(
        r#"{{"name": " My  Tool\u200b ", "tagline": "{long}", "category": "Art & Images", "source": "somewhere"}}"#
    );
    let plan = planned(&[("a.jsonl", &line)], &Layer::default());
    assert_eq!(counts(&plan), [1, 0, 0, 0], "{}", told(&plan));
    let base = done(&plan, Layer::default());
    let tool = tool(&base, "my-tool");
    assert_eq!((tool.name.as_str(), tool.category.as_str()), ("My Tool", "art-images"));
    assert!(tool.tagline.ends_with('…') && tool.tagline.chars().count() <= 100, "{}", tool.tagline);
    assert_eq!((tool.entry.kind, tool.entry.checked), (EntryKind::Unknown, date!(2026 - 11 - 24)));
    assert_eq!(plan.notes.left_out, [("source".to_owned(), 1)]);
    assert_eq!((plan.notes.cut, plan.notes.categories), (1, 1));
}

#[test]
fn ids_come_from_names_and_stay_with_them() {
    let lines = |names: &[&str]| {
        names.iter().map(|name| format!("{}\n", serde_json::json!({ "name": name }))).collect::<String>()
    };
    let first = lines(&["Llama 3.1", "llama 3-1", "LLAMA 3.1", "工具", "Srv-1", "Cursor"]);
    let plan = planned(&[("a.jsonl", &first)], &Layer::default());
    let base = done(&plan, Layer::default());
    for (id, name) in [
        ("llama-3-1", "Llama 3.1"),
        ("llama-3-1-2", "llama 3-1"),
        ("llama-3-1-3", "LLAMA 3.1"),
        ("the-srv-1", "Srv-1"),
    ] {
        assert_eq!(tool(&base, id).name, name);
    }
    assert!(base.tools().any(|(id, entry)| {
        id.as_str().starts_with("tool-") && entry.tool.as_ref().is_some_and(|tool| tool.name == "工具")
    }));
    // "Cursor" is the starter's, by its name.
    assert_eq!(counts(&plan)[0], 5);
    assert_eq!(counts(&plan)[1] + counts(&plan)[2], 1);
    // Shuffled, with a newcomer in front that would like an id of theirs: everybody keeps theirs.
    let again = lines(&["llama 3.1", "LLAMA 3.1", "工具", "llama 3-1", "Srv-1", "Llama 3.1", "Cursor"]);
    let plan = planned(&[("a.jsonl", &again)], &base);
    assert_eq!(counts(&plan), [1, 0, 6, 0]);
    let base = done(&plan, base);
    assert_eq!(tool(&base, "llama-3-1").name, "Llama 3.1");
    assert_eq!(tool(&base, "llama-3-1-4").name, "llama 3.1");
}

/// An import with namesakes in it gave birth to one more of them every time.
#[test]
fn namesakes_are_the_same_again() {
    let lines: String =
        (0..12).map(|n| format!("{{\"name\":\"Twin\",\"tagline\":\"the {n}th\"}}\n")).collect();
    let files = [
        ("a.jsonl", lines.as_str()),
        ("b.jsonl", "{\"name\":\"Gamma\"}\n{\"id\":\"gamma\",\"name\":\"Gamma\"}\n"),
    ];
    let first = planned(&files, &Layer::default());
    assert_eq!(counts(&first), [14, 0, 0, 0]);
    let base = done(&first, Layer::default());
    assert_eq!(counts(&planned(&files, &base)), [0, 0, 14, 0]);
}

#[test]
fn a_hidden_tool_comes_back_when_it_is_imported_again() {
    let base = done(&planned(&[FORMATS[0]], &Layer::default()), Layer::default());
    let subject = Subject::Tool(ToolId::trusted("widget-db"));
    let Some(State::Tool(mut entry)) = base.state(&subject) else { panic!("no tool") };
    entry.hidden = Some(tiebreaker::domain::time::Timestamp(1));
    let mut hidden = base;
    hidden.set(&subject, Some(State::Tool(entry)));
    let plan = planned(&[FORMATS[0]], &hidden);
    assert_eq!(counts(&plan), [1, 0, 0, 0]);
    assert!(done(&plan, hidden).tool(&ToolId::trusted("widget-db")).unwrap().hidden.is_none());
}

#[test]
fn many_lines_are_read_in_good_time() {
    let lines: String = (0..63_000)
        .map(|n| format!("{{\"name\": \"tool number {n}\", \"tagline\": \"it does {n} things\", \"category\": \"libs\"}}\n"))
        .collect();
    let begun = std::time::Instant::now();
    let plan = planned(&[("a.jsonl", &lines)], &Layer::default());
    assert_eq!(counts(&plan), [63_000, 0, 0, 0]);
    // Built without optimisation and beside other tests; a quadratic step would take minutes.
    assert!(begun.elapsed().as_secs() < 60, "{:?}", begun.elapsed());
}
