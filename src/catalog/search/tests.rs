//! Queries that people really type over names that everybody knows, and what must hold for every name and every query.

use std::sync::Arc;

use proptest::prelude::*;

use super::sample::NAMES;
use super::*;

fn entry(key: u32, name: &str) -> Entry<'_> {
    Entry { key, name, aliases: &[], vendor: "" }
}

fn name(hit: &Hit) -> &'static str {
    NAMES[hit.key as usize].0
}

/// One line that says everything about an answer.
fn told(answer: &Answer) -> String {
    let hits: Vec<String> =
        answer.hits.iter().map(|h| format!("{} ({} {:.3})", name(h), h.how, h.score)).collect();
    format!("{:?}: {}", answer.decision, hits.join(", "))
}

#[test]
fn what_people_type_is_answered() {
    let view = sample::view();
    let expected: &[(&str, &str, How)] = &[
        ("haiku open weights", "Claude Haiku Open Weights", How::Words),
        ("haiku", "Claude Haiku Open Weights", How::Words),
        ("claude haiku", "Claude Haiku Open Weights", How::Words),
        ("anthropic haiku open weights", "Claude Haiku Open Weights", How::VendorExtra),
        ("axlotl", "Axolotl v0.16", How::Typo),
        ("axolotl 0.16", "Axolotl v0.16", How::Punctuation),
        ("Axolotl", "Axolotl v0.16", How::VersionMissing),
        ("AXOLOTL V0.16", "Axolotl v0.16", How::Case),
        ("cc", "Claude Code", How::Alias),
        ("CC", "Claude Code", How::Alias),
        ("claude-code", "Claude Code", How::Punctuation),
        ("A1111", "AUTOMATIC1111", How::Alias),
        ("automatic 1111", "AUTOMATIC1111", How::Punctuation),
        ("TRT-LLM", "TensorRT-LLM", How::Alias),
        ("tensor rt llm", "TensorRT-LLM", How::Punctuation),
        ("nvidia tensorrt-llm", "TensorRT-LLM", How::VendorExtra),
        ("Lama CPP", "llama.cpp", How::Alias),
        ("llama cpp", "llama.cpp", How::Punctuation),
        ("llamacpp", "llama.cpp", How::Punctuation),
        ("ML flow", "MLflow", How::Alias),
        ("mlfow", "MLflow", How::Typo),
        ("TGI", "Text Generation Inference", How::Alias),
        ("tgi", "Text Generation Inference", How::Alias),
        ("olama", "Ollama", How::Typo),
        ("ollama", "Ollama", How::Case),
        ("cursr", "Cursor", How::Typo),
        ("cusror", "Cursor", How::Typo),
        ("copilot", "GitHub Copilot", How::VendorMissing),
        ("github co-pilot", "GitHub Copilot", How::Punctuation),
        ("the cursor app", "Cursor", How::ExtraWords),
        ("cursor 2.0", "Cursor", How::VersionExtra),
        ("bolt new", "Bolt.new", How::Punctuation),
        ("bolt", "Bolt.new", How::Alias),
        ("ooba", "text-generation-webui", How::Alias),
        ("oogabooga", "text-generation-webui", How::Typo),
        ("generation text webui", "text-generation-webui", How::Reordered),
        ("comfy ui", "ComfyUI", How::Punctuation),
        ("langgrpah", "LangGraph", How::Typo),
        ("lang chain", "LangChain", How::Punctuation),
        ("quadrant", "Qdrant", How::Sound),
        ("weviate", "Weaviate", How::Typo),
        ("pinecoen", "Pinecone", How::Typo),
        ("wandb", "Weights & Biases", How::Alias),
        ("weights and biases", "Weights & Biases", How::ExtraWords),
        ("ｖＬＬＭ", "vLLM", How::Case),
        ("v\u{200b}LLM", "vLLM", How::Exact),
        ("wéaviate", "Weaviate", How::Punctuation),
        ("sdxl", "Stable Diffusion XL", How::Alias),
        ("stable difusion xl", "Stable Diffusion XL", How::Typo),
        ("deepseek r1", "DeepSeek R1", How::Case),
        ("r1", "DeepSeek R1", How::VendorMissing),
        ("gpt5", "GPT-5", How::Punctuation),
        ("gpt 5 mini", "GPT-5 mini", How::Punctuation),
        ("sonnet", "Claude Sonnet 4.5", How::Words),
        ("gemini", "Gemini CLI", How::Words),
        ("claude sonnet", "Claude Sonnet 4.5", How::VersionMissing),
        ("sonnet 4.5", "Claude Sonnet 4.5", How::Words),
        ("replit", "Replit Agent", How::Alias),
        ("playwright", "Playwright MCP", How::Words),
        ("browser-use", "Browser Use", How::Punctuation),
        ("unslot", "Unsloth", How::Prefix),
        ("n8n", "n8n", How::Exact),
        ("elven labs", "ElevenLabs", How::Typo),
        ("whisperr", "Whisper", How::Typo),
        ("`Ollama`", "Ollama", How::Punctuation),
        ("**cursor**", "Cursor", How::Punctuation),
    ];
    let mut wrong = Vec::new();
    for &(query, meant, how) in expected {
        let answer = view.resolve(query);
        match answer.matched() {
            Some(hit) if name(hit) == meant && hit.how == how => {}
            _ => wrong.push(format!("{query:?} should be {meant} ({how}), is {}", told(&answer))),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_could_mean_several_is_asked_back() {
    let view = sample::view();
    let expected: &[(&str, &[&str])] = &[
        (
            "llama",
            &["Llama 4 Scout", "Llama 3.3 70B", "Code Llama", "llama.cpp", "LlamaIndex", "LLaMA-Factory"],
        ),
        ("deepseek", &["DeepSeek V3", "DeepSeek R1"]),
        ("lang", &["LangChain", "LangGraph", "LangSmith", "Langfuse"]),
        ("code", &["Claude Code", "Roo Code"]),
        ("claude", &["Claude Code", "Claude Sonnet 4.5"]),
        ("sonnet 4.6", &["Claude Sonnet 4.5"]),
        ("gpt-6", &["GPT-5"]),
    ];
    let mut wrong = Vec::new();
    for &(query, offered) in expected {
        let answer = view.answer(query, 8);
        let choices: Vec<&str> = answer.choices().iter().map(name).collect();
        if answer.matched().is_some() || !offered.iter().all(|o| choices.contains(o)) {
            wrong.push(format!("{query:?} should offer {offered:?}, is {}", told(&answer)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is answered (`=id`), and what is asked back or left (`?`), over a few tools with aliases and makers.
#[test]
fn what_an_alias_adds_to_a_name_and_who_makes_it_do_not_name_a_tool() {
    let tools: &[(&str, &[&str], &str)] = &[
        ("Unsloth", &["unsloth studio"], "Unsloth AI"),
        ("LangChain", &["langchain python"], "LangChain"),
        ("Cline", &["cline vscode"], "Cline Bot"),
        ("v0", &["vercel v0"], "Vercel"),
        ("Bolt", &["stackblitz bolt"], "StackBlitz"),
        ("Axolotl v0.16", &["axolotl fine-tuning"], "Axolotl AI"),
        ("Microsoft Agent Framework", &[], "Microsoft"),
        ("LlamaIndex", &["gpt index"], "LlamaIndex"),
        ("Codex", &["openai codex"], "OpenAI"),
        ("Claude Haiku Open Weights", &["open haiku"], "Anthropic"),
    ];
    let owned: Vec<Vec<String>> =
        tools.iter().map(|t| t.1.iter().map(|a| (*a).to_owned()).collect()).collect();
    let index = Index::build((0..).zip(tools).zip(&owned).map(|((key, tool), aliases)| Entry {
        key,
        name: tool.0,
        aliases,
        vendor: tool.2,
    }));
    let answered = |query: &str| index.view().resolve(query).matched().map(|hit| tools[hit.key as usize].0);
    for query in
        ["studio", "python", "vscode", "vercel", "stackblitz", "fine tuning", "microsoft", "gpt", "openai"]
    {
        assert_eq!(answered(query), None, "{query}");
    }
    for (query, meant) in [
        ("unsloth studio", "Unsloth"),
        ("unsloth studo", "Unsloth"),
        ("unslth", "Unsloth"),
        ("langchain", "LangChain"),
        ("cline vs code", "Cline"),
        ("vercel v0", "v0"),
        ("bolt stackblitz", "Bolt"),
        ("axolotl finetuning", "Axolotl v0.16"),
        ("axolotl", "Axolotl v0.16"),
        ("agent framework", "Microsoft Agent Framework"),
        ("llama index", "LlamaIndex"),
    ] {
        assert_eq!(answered(query), Some(meant), "{query}");
    }
}

#[test]
fn sizes_links_and_other_scripts_stand_around_a_name() {
    let names = [
        "Llama",
        "Mistral",
        "GPT",
        "GPT4All",
        "Cursor",
        "Phi-3",
        "Phi 4 Mini Instruct",
        "Playwright",
        "vLLM",
    ];
    let index = Index::build((0..).zip(names).map(|(key, name)| entry(key, name)));
    let told = |query: &str| {
        let answer = index.view().resolve(query);
        let first = answer.hits.first().map_or("", |hit| names[hit.key as usize]);
        match answer.decision {
            Decision::Match => format!("={first}"),
            Decision::Ambiguous(_) => format!("?{first}"),
            Decision::None => String::new(),
        }
    };
    for (query, expected) in [
        // How large a model is names no other tool, where none has a size in its name.
        ("mistral 7b", "=Mistral"),
        ("llama 70b", "=Llama"),
        ("llama 3.1 70b", "?Llama"),
        ("mistral 8x7b", "?Mistral"),
        // A name and a version, or the beginning of a longer name.
        ("gpt 4", "?GPT4All"),
        // Another figure is another version, not a slip.
        ("phi 3 mini", "?Phi 4 Mini Instruct"),
        ("https://cursor.com", "=Cursor"),
        ("cursor.com", "=Cursor"),
        ("cursor 编辑器", "?Cursor"),
        ("что такое cursor", "?Cursor"),
        ("playwrite", "=Playwright"),
    ] {
        assert_eq!(told(query), expected, "{query}");
    }
}

#[test]
fn what_is_not_there_is_not_answered() {
    let view = sample::view();
    let strangers = [
        "margherita",
        "postgres",
        "kubernetes",
        "linux",
        "mac",
        "PR #12",
        "react",
        "my cat",
        "pizza or pasta",
        "😀",
        "",
        " ",
        "?",
        "@everyone",
        "the",
        "version 3",
        "3",
        "https://example.org/a?b=c",
        "asdfgh",
        "please help me with this",
        "cobalt",
        "vite",
        "redis",
    ];
    let mut wrong = Vec::new();
    for query in strangers {
        let answer = view.resolve(query);
        if answer.matched().is_some() {
            wrong.push(format!("{query:?} is answered: {}", told(&answer)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn completing_puts_what_begins_with_it_first() {
    let view = sample::view();
    let first = |typed: &str| view.complete(typed, 25).iter().map(name).collect::<Vec<_>>();
    assert_eq!(first("lang")[..4].len(), 4);
    assert!(first("lang")[..4].iter().all(|n| n.starts_with("Lang")));
    assert_eq!(first("code")[..2], ["Code Llama", "Windsurf"], "beginnings go before words within");
    assert_eq!(first("a")[..1], ["Aider"]);
    assert_eq!(first("axolo")[0], "Axolotl v0.16");
    assert_eq!(first("axlo")[0], "Axolotl v0.16", "a slip while typing");
    assert_eq!(first(""), Vec::<&str>::new());
}

#[test]
fn what_is_alike_by_chance_is_not_offered_while_one_types() {
    let view = sample::view();
    let offered = |typed: &str| view.complete(typed, 25).iter().map(name).collect::<Vec<_>>();
    assert_eq!(offered("axlotl"), ["Axolotl v0.16"]);
    assert_eq!(offered("xyzzyq"), Vec::<&str>::new());
    assert!(view.resolve("axlotl").hits.len() > 1, "who asks for a list gets all of it");
    assert!(offered("llam").len() > 2, "all that begin with it stay");
}

#[test]
fn names_without_letters_and_names_that_differ_in_signs_are_told_apart() {
    let names = ["C", "C++", "C#", "🚀", "+++", "文心一言", "Яндекс GPT", "F*"];
    let index = Index::build((0..).zip(names).map(|(key, name)| entry(key, name)));
    for (key, name) in (0..).zip(names) {
        assert_eq!(index.view().resolve(name).matched().map(|h| h.key), Some(key), "{name}");
    }
    let only_c = Index::build([entry(0, "C")]);
    assert_eq!(only_c.view().resolve("C++").matched(), None);
}

#[test]
fn long_and_hostile_queries_cost_little() {
    let view = sample::view();
    let started = std::time::Instant::now();
    for query in [
        "a ".repeat(3_000),
        "ollama ".repeat(900),
        "😀".repeat(1_500),
        "x".repeat(6_000),
        "\u{301}".repeat(6_000),
    ] {
        assert_eq!(view.resolve(&query).matched(), None);
    }
    assert!(started.elapsed().as_secs() < 5, "bounded work");
}

/// Names as people give them: words, versions, signs, other scripts.
fn a_name() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        8 => "[A-Z]?[a-z]{2,9}",
        2 => "v?[0-9]{1,2}(\\.[0-9]{1,2})?",
        1 => "[A-Z]{2,4}",
        1 => "[а-я]{3,6}",
        1 => "[一-十]{2,3}",
        1 => "[+#&]{1,2}",
    ];
    proptest::collection::vec(word, 1..4).prop_flat_map(|words| {
        prop_oneof![Just(" "), Just("-"), Just("."), Just("_"), Just("")].prop_map(move |gap| words.join(gap))
    })
}

fn distinct(names: Vec<String>) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    names.into_iter().filter(|n| !n.trim().is_empty() && seen.insert(n.trim().to_owned())).collect()
}

/// A catalog small enough to have no tables, or large enough to have them.
fn a_catalog() -> impl Strategy<Value = Vec<String>> {
    prop_oneof![proptest::collection::vec(a_name(), 1..12), proptest::collection::vec(a_name(), 60..90)]
        .prop_map(distinct)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn every_name_is_found_first_by_itself(names in a_catalog()) {
        let index = Index::build((0..).zip(&names).map(|(key, name)| entry(key, name)));
        let view = index.view();
        for (key, name) in (0..).zip(&names) {
            let hits = view.find(name, 25);
            prop_assert_eq!(hits[0].key, key, "{:?} gives {:?}", name, hits);
            prop_assert_eq!(hits[0].how, How::Exact);
            prop_assert!((hits[0].score - 1.0).abs() < f32::EPSILON);
        }
    }

    #[test]
    fn every_alias_goes_before_everything_fuzzy(names in a_catalog(), aliases in proptest::collection::vec(a_name(), 1..5)) {
        let aliases = distinct(aliases);
        let index = Index::build((0..).zip(&names).map(|(key, name)| Entry {
            key,
            name,
            aliases: if key == 0 { &aliases } else { &[] },
            vendor: "",
        }));
        for alias in &aliases {
            let answer = index.view().answer(alias, 25);
            let hit = answer.hits.iter().find(|h| h.key == 0);
            prop_assert!(hit.is_some_and(|h| h.how.is_sure()), "{:?}: {:?}", alias, answer);
            prop_assert!(answer.hits.iter().take_while(|h| h.key != 0).all(|h| h.how.is_sure()), "{:?}: {:?}", alias, answer);
        }
    }

    #[test]
    fn any_text_is_answered_in_order_and_always_alike(names in a_catalog(), query in any::<String>(), limit in 0_usize..30) {
        let index = Index::build((0..).zip(&names).map(|(key, name)| entry(key, name)));
        let answer = index.view().answer(&query, limit);
        prop_assert_eq!(&answer, &index.view().answer(&query, limit));
        prop_assert!(answer.hits.len() <= limit);
        prop_assert!(answer.hits.is_sorted_by(|a, b| a.score >= b.score));
        prop_assert!(answer.hits.iter().all(|h| (0.0..=1.0).contains(&h.score)));
        let mut keys: Vec<u32> = answer.hits.iter().map(|h| h.key).collect();
        keys.sort_unstable();
        keys.dedup();
        prop_assert_eq!(keys.len(), answer.hits.len(), "each tool once");
        let _ = index.view().complete(&query, limit);
    }

    #[test]
    fn case_punctuation_and_accents_do_not_matter(names in a_catalog(), pick in any::<proptest::sample::Index>(), gap in "[ ._-]{1,2}") {
        let index = Index::build((0..).zip(&names).map(|(key, name)| entry(key, name)));
        let view = index.view();
        let name = &names[pick.index(names.len())];
        let meant = crate::catalog::fold::fold(name);
        prop_assume!(!meant.is_empty());
        let accented: String = name.chars().flat_map(|c| [Some(c), c.is_alphabetic().then_some('\u{301}')]).flatten().collect();
        let hidden: String = name.chars().flat_map(|c| ['\u{200b}', c]).collect();
        for form in [name.to_uppercase(), name.to_lowercase(), accented, hidden, format!("\"{name}\"!"), name.replace(' ', &gap)] {
            let hits = view.find(&form, 5);
            let found = crate::catalog::fold::fold(&names[hits[0].key as usize]);
            prop_assert_eq!(found.text(), meant.text(), "{:?} gives {:?}", form, found);
        }
    }

    #[test]
    fn adding_and_removing_equals_building_anew(
        names in a_catalog(),
        changes in proptest::collection::vec((0_u32..100, proptest::option::of(a_name())), 0..40),
        query in a_name(),
    ) {
        let index = Index::build((0..).zip(&names).map(|(key, name)| entry(key, name)));
        let mut model: std::collections::BTreeMap<u32, String> = (0..).zip(names.iter().cloned()).collect();
        for (key, name) in &changes {
            match name {
                Some(name) => {
                    index.apply([Change::Put(entry(*key, name))]);
                    model.insert(*key, name.clone());
                }
                None => {
                    index.apply([Change::Remove(*key)]);
                    model.remove(key);
                }
            }
        }
        let anew = Index::build(model.iter().map(|(&key, name)| entry(key, name)));
        // Before it is compacted, the words still weigh what they weighed; what is there and what is not is the same.
        for (key, name) in &model {
            let hits = index.view().find(name, 25);
            let sure: Vec<u32> = hits.iter().filter(|h| h.how == How::Exact).map(|h| h.key).collect();
            prop_assert!(sure.contains(key), "{:?}: {:?}", name, hits);
            prop_assert!(hits.iter().all(|h| model.contains_key(&h.key)));
        }
        index.compact();
        prop_assert_eq!(index.view().answer(&query, 25), anew.view().answer(&query, 25));
        for name in names.iter().chain(model.values()).take(20) {
            prop_assert_eq!(index.view().answer(name, 25), anew.view().answer(name, 25));
        }
    }

    #[test]
    fn an_overlay_equals_one_catalog_of_both(names in a_catalog(), own in proptest::collection::vec(a_name(), 1..60)) {
        let own = distinct(own);
        let index = Index::build((0..).zip(&names).map(|(key, name)| entry(key, name)));
        let overlay = Arc::new(index.overlay((0..).zip(&own).map(|(key, name)| entry(key, name)), [0]));
        let view = index.view_with(overlay);
        for (key, name) in (0..).zip(&own) {
            let hits = view.find(name, 25);
            prop_assert!(hits.iter().any(|h| (h.layer, h.key, h.how) == (Layer::Server, key, How::Exact)), "{:?}: {:?}", name, hits);
        }
        for name in &names {
            prop_assert!(view.find(name, 25).iter().all(|h| h.layer == Layer::Server || h.key != 0));
        }
    }
}
