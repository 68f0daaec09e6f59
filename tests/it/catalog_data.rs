//! The catalog in `data/`: no mistakes, and its README, schema and limits say the same.

use std::{fs, path::Path};

use serde_json::Value;
use tiebreaker::catalog::{
    check,
    limits::{CATEGORIES, CURATED},
    starter,
};

fn data() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data")
}

#[test]
fn the_data_folder_has_no_mistakes() {
    let today = time::OffsetDateTime::now_utc().date();
    let checked = check::check(&check::read_folder(&data()).unwrap(), &[], today);
    let problems: Vec<String> = checked.problems.iter().map(ToString::to_string).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert_eq!(checked.tools.len() + 1, checked.files, "one tool a file");
    assert!(checked.tools.len() >= 122, "{} tools", checked.tools.len());
}

#[test]
fn starter_tools_have_three_to_five_reviews_that_mostly_disagree() {
    let checked = starter::load();
    for entry in &checked.tools {
        assert!((3..=5).contains(&entry.reviews.len()), "{}: {} reviews", entry.tool.id, entry.reviews.len());
    }
    let one_sided = checked
        .tools
        .iter()
        .filter(|entry| entry.reviews.iter().all(|review| review.verdict == entry.reviews[0].verdict));
    assert!(one_sided.count() * 4 < checked.tools.len(), "the panel should disagree where it is fair to");
}

#[test]
fn the_embedded_catalog_is_the_folder() {
    let today = time::OffsetDateTime::now_utc().date();
    let folder = check::check(&check::read_folder(&data()).unwrap(), &[], today);
    let embedded = starter::load();
    assert_eq!(embedded.tools, folder.tools);
    assert_eq!(embedded.reviewers, folder.reviewers);
}

#[test]
fn the_schema_states_the_limits_of_the_checker() {
    let schema: Value =
        serde_json::from_str(&fs::read_to_string(data().join("tool.schema.json")).unwrap()).unwrap();
    let length = |at: &str| {
        let node = schema.pointer(at).unwrap_or_else(|| panic!("{at}"));
        usize::try_from(node["minLength"].as_u64().unwrap()).unwrap()
            ..=usize::try_from(node["maxLength"].as_u64().unwrap()).unwrap()
    };
    let items =
        |at: &str| usize::try_from(schema.pointer(at).unwrap()["maxItems"].as_u64().unwrap()).unwrap();
    assert_eq!(length("/properties/name"), CURATED.name);
    assert_eq!(length("/properties/aliases/items"), CURATED.name);
    assert_eq!(length("/properties/vendor"), CURATED.name);
    assert_eq!(length("/properties/tagline"), CURATED.tagline);
    assert_eq!(length("/properties/description"), CURATED.description);
    assert_eq!(length("/$defs/entry/properties/note"), CURATED.note);
    assert_eq!(length("/$defs/entry/properties/per"), CURATED.per);
    assert_eq!(length("/$defs/review/properties/quote"), CURATED.quote);
    assert_eq!(schema["properties"]["link"]["maxLength"], CURATED.link);
    assert_eq!(items("/properties/aliases"), CURATED.aliases);
    assert_eq!(items("/properties/formerly"), CURATED.formerly);
    assert_eq!(items("/properties/also"), CURATED.also);
    assert_eq!(items("/properties/reviews"), CURATED.reviews);
    let categories: Vec<&str> = schema["$defs"]["category"]["enum"]
        .as_array()
        .unwrap()
        .iter()
        .map(|id| id.as_str().unwrap())
        .collect();
    assert_eq!(categories, CATEGORIES);
}

#[test]
fn the_readme_lists_the_categories() {
    let readme = fs::read_to_string(data().join("README.md")).unwrap();
    for category in CATEGORIES {
        assert!(readme.contains(&format!("`{category}`")), "{category}");
    }
}
