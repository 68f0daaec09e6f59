//! A table of messages with what they ask, and what must hold for every message.

use proptest::prelude::*;

use super::*;
use crate::catalog::search::Decision;
use crate::catalog::search::sample::{self, NAMES};

fn name_of(asked: &Asked) -> String {
    match (asked.answer.decision, asked.answer.hits.first()) {
        (Decision::Match, Some(hit)) => NAMES[hit.key as usize].0.to_owned(),
        (Decision::Ambiguous(_), _) => format!("{}??", asked.text),
        _ => format!("{}!", asked.text),
    }
}

/// `A | B` a comparison, `A` one name, empty nothing. `x??` is asked back, `x!` is not known.
fn told(question: &Question) -> String {
    question.names().iter().map(name_of).collect::<Vec<_>>().join(" | ")
}

fn check(table: &[(&str, &str)]) {
    let view = sample::view();
    let mut wrong = Vec::new();
    for (message, expected) in table {
        let question = question(message, |name| view.resolve(name));
        let shape = matches!(
            (&question, expected.matches(" | ").count(), expected.is_empty()),
            (Question::Nothing, 0, true) | (Question::One(_), 0, false) | (Question::Compare(_), 1.., false)
        );
        if told(&question) != *expected || !shape {
            wrong.push(format!(
                "{message:?}\n    should ask {expected:?}\n    asks       {:?} ({})",
                told(&question),
                kind(&question)
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {} wrong\n{}", wrong.len(), table.len(), wrong.join("\n"));
}

fn kind(question: &Question) -> &'static str {
    match question {
        Question::Compare(_) => "compare",
        Question::One(_) => "one",
        Question::Nothing => "nothing",
    }
}

#[test]
fn two_names_are_compared() {
    check(&[
        ("Cursor vs Cline", "Cursor | Cline"),
        ("cursor VS cline", "Cursor | Cline"),
        ("cursor vs. cline", "Cursor | Cline"),
        ("cursor v.s. cline", "Cursor | Cline"),
        ("cursor v.s cline?", "Cursor | Cline"),
        ("cursor v/s cline", "Cursor | Cline"),
        ("Cursor versus Roo Code", "Cursor | Roo Code"),
        ("Cursor or Cline?", "Cursor | Cline"),
        ("cursor or cline", "Cursor | Cline"),
        ("Cursor/Cline", "Cursor | Cline"),
        ("Cursor / Cline?", "Cursor | Cline"),
        ("Cursor > Cline :)", "Cursor | Cline"),
        ("ollama >> vllm", "Ollama | vLLM"),
        ("Cursor vs Cline?", "Cursor | Cline"),
        ("**Cursor** vs _Cline_", "Cursor | Cline"),
        ("`Cursor` vs `Cline`", "Cursor | Cline"),
        ("\"Cursor\" vs 'Cline'", "Cursor | Cline"),
        ("(Cursor vs Cline)", "Cursor | Cline"),
        ("🔥 Cursor vs Cline 🔥🔥", "Cursor | Cline"),
        ("Cursor 🆚 Cline", "Cursor | Cline"),
        ("Cursor vs\nCline", "Cursor | Cline"),
        ("Cursor\nvs\nCline", "Cursor | Cline"),
        ("Cursor\nor Cline?", "Cursor | Cline"),
        ("cursor-vs-cline", "Cursor | Cline"),
        ("<@123456789> Cursor vs Cline", "Cursor | Cline"),
        ("<@!123456789> cursor vs cline <:ship:42>", "Cursor | Cline"),
        ("is Cursor better than Cline", "Cursor | Cline"),
        ("Is Cursor really better than roo code?", "Cursor | Roo Code"),
        ("Cursor is better than Cline", "Cursor | Cline"),
        ("is ollama faster than llama.cpp?", "Ollama | llama.cpp"),
        ("is qdrant more reliable than weaviate", "Qdrant | Weaviate"),
        ("difference between Cursor and Cline", "Cursor | Cline"),
        ("what's the difference between LangChain and LangGraph?", "LangChain | LangGraph"),
        ("diff between qdrant and milvus pls", "Qdrant | Milvus"),
        ("compare Cursor and Cline", "Cursor | Cline"),
        ("compare cursor to cline", "Cursor | Cline"),
        ("compare cursor with cline", "Cursor | Cline"),
        ("can you compare Qdrant and Weaviate for me", "Qdrant | Weaviate"),
        ("how does Cursor compare to Cline?", "Cursor | Cline"),
        ("Cursor compared to Cline", "Cursor | Cline"),
        ("use Cursor instead of Cline", "Cursor | Cline"),
        ("why not use Cursor instead of Cline?", "Cursor | Cline"),
        ("should we use vLLM rather than SGLang?", "vLLM | SGLang"),
        ("switch from Cursor to Claude Code", "Cursor | Claude Code"),
        ("thinking of switching from pinecone to qdrant", "Pinecone | Qdrant"),
        ("we want to migrate from Weaviate to Qdrant, worth it?", "Weaviate | Qdrant"),
        ("should I replace LangChain with LlamaIndex?", "LangChain | LlamaIndex"),
        ("moving from lm studio to ollama", "LM Studio | Ollama"),
        ("Cursor -> Claude Code", "Cursor | Claude Code"),
        ("which is better, Cursor or Cline?", "Cursor | Cline"),
        ("which one is better: cursor or cline", "Cursor | Cline"),
        ("should we go with Cursor or Cline?", "Cursor | Cline"),
        ("hey folks, should we use Claude Code or Cursor for our monorepo?", "Claude Code | Cursor"),
        ("Do you guys prefer ollama or lm studio", "Ollama | LM Studio"),
        ("would you pick Qdrant over Pinecone?", "Qdrant | Pinecone"),
        ("torn between unsloth and axolotl", "Unsloth | Axolotl v0.16"),
        ("can't decide between MLflow and Weights & Biases", "MLflow | Weights & Biases"),
        (
            "Good morning all. I have a question about our stack. Is Qdrant better than Milvus for 10M vectors? Thanks!",
            "Qdrant | Milvus",
        ),
        ("so... axlotl vs unsloth for a 7B finetune, what would you ship?", "Axolotl v0.16 | Unsloth"),
        ("anyone know whether n8n or crewai is the better choice?", "n8n | CrewAI"),
        ("langfuse or langsmith for tracing?", "Langfuse | LangSmith"),
        ("Ollama, or LM Studio?", "Ollama | LM Studio"),
        ("what do you think about cursor vs windsurf these days", "Cursor | Windsurf"),
        ("Ok so cursor vs. windsurf. Go.", "Cursor | Windsurf"),
        ("Cursor,Cline", "Cursor | Cline"),
        ("Cursor & Cline?", "Cursor | Cline"),
        ("is cc worth it over cursor?", "Claude Code | Cursor"),
        ("cursor v claude code", "Cursor | Claude Code"),
        ("does anyone prefer windsurf to cursor?", "Windsurf | Cursor"),
        ("what's better for llama, LlamaIndex or LangChain?", "LlamaIndex | LangChain"),
    ]);
}

#[test]
fn three_and_more_are_compared() {
    check(&[
        ("compare Cursor, Cline and Roo Code", "Cursor | Cline | Roo Code"),
        ("compare cursor, cline, and roo code", "Cursor | Cline | Roo Code"),
        ("Cursor vs Cline vs Roo Code", "Cursor | Cline | Roo Code"),
        ("Cursor, Cline or Roo Code?", "Cursor | Cline | Roo Code"),
        ("qdrant vs weaviate vs milvus vs pgvector", "Qdrant | Weaviate | Milvus | pgvector"),
        ("compare\nCursor\nCline\nAider", "Cursor | Cline | Aider"),
        ("Cursor/Cline/Aider", "Cursor | Cline | Aider"),
        ("differences between vLLM, SGLang and TGI?", "vLLM | SGLang | Text Generation Inference"),
        ("which should we ship: LangGraph, CrewAI or n8n?", "LangGraph | CrewAI | n8n"),
        ("cursor vs cline vs aider vs windsurf vs roo", "Cursor | Cline | Aider | Windsurf | Roo Code"),
        ("Cursor、Cline和Aider 区别", "Cursor | Cline | Aider"),
        ("Aider vs Cursor with rules vs Copilot?", "Aider | Cursor | GitHub Copilot"),
    ]);
}

#[test]
fn names_are_read_as_people_type_them() {
    check(&[
        ("haiku open weights vs axlotl", "Claude Haiku Open Weights | Axolotl v0.16"),
        ("axolotl 0.16 vs unsloth", "Axolotl v0.16 | Unsloth"),
        ("axolotl v0.16 or torchtune?", "Axolotl v0.16 | torchtune"),
        ("Cursor 2.0 vs Cline 3.4", "Cursor | Cline"),
        ("openai whisper vs elevenlabs", "Whisper | ElevenLabs"),
        ("anthropic claude code vs cursor", "Claude Code | Cursor"),
        ("nvidia TRT-LLM vs huggingface TGI", "TensorRT-LLM | Text Generation Inference"),
        ("A1111 vs comfy", "AUTOMATIC1111 | ComfyUI"),
        ("Lama CPP or ollama?", "llama.cpp | Ollama"),
        ("ML flow vs wandb", "MLflow | Weights & Biases"),
        ("cc vs ghcp", "Claude Code | GitHub Copilot"),
        ("copilot vs cursor", "GitHub Copilot | Cursor"),
        ("haiku or sonnet?", "Claude Haiku Open Weights | Claude Sonnet 4.5"),
        ("gpt5 vs deepseek r1", "GPT-5 | DeepSeek R1"),
        ("GPT-5 mini vs GPT-5", "GPT-5 mini | GPT-5"),
        ("llama 4 scout vs qwen3 coder", "Llama 4 Scout | Qwen3 Coder"),
        ("lang chain vs llama index", "LangChain | LlamaIndex"),
        ("wieviate vs qdrnt", "Weaviate | Qdrant"),
        ("Bolt.new vs v0.dev", "Bolt.new | v0"),
        ("ＣＵＲＳＯＲ vs Cline", "Cursor | Cline"),
        ("Cursor vs Cursor", "Cursor | Cursor"),
        ("text-generation-webui vs koboldcpp", "text-generation-webui | koboldcpp!"),
        ("postgres vs qdrant", "postgres! | Qdrant"),
        ("Zyxqwv vs Cursor", "Zyxqwv! | Cursor"),
    ]);
}

#[test]
fn names_that_cannot_be_told_apart_are_asked_back() {
    check(&[
        ("llama vs ollama", "llama?? | Ollama"),
        ("ollama or llama?", "Ollama | llama??"),
        ("deepseek vs gpt-5", "deepseek?? | GPT-5"),
        ("is llama better than qwen3 coder", "llama?? | Qwen3 Coder"),
    ]);
}

#[test]
fn other_languages_around_latin_names_are_read() {
    check(&[
        ("Cursor 还是 Cline", "Cursor | Cline"),
        ("Cursor还是Cline?", "Cursor | Cline"),
        ("Cursor 還是 Cline 好", "Cursor | Cline"),
        ("Cursor和Cline哪个好用", "Cursor | Cline"),
        ("Cursor 和 Cline 区别", "Cursor | Cline"),
        ("Cursor、Cline 和 Aider 哪个好", "Cursor | Cline | Aider"),
        ("Cursor 与 Cline 对比", "Cursor | Cline"),
        ("Cursor と Cline どっち", "Cursor | Cline"),
        ("CursorとClineの違い", "Cursor | Cline"),
        ("Cursor 아니면 Cline", "Cursor | Cline"),
        ("Cursor랑 Cline 비교", "Cursor | Cline"),
        ("Cursor o Cline?", "Cursor | Cline"),
        ("¿Cursor o Cline?", "Cursor | Cline"),
        ("¿qué es mejor, Cursor o Cline?", "Cursor | Cline"),
        ("es mejor Cursor que Cline?", "Cursor | Cline"),
        ("Cursor es mejor que Cline?", "Cursor | Cline"),
        ("diferencia entre Qdrant y Weaviate", "Qdrant | Weaviate"),
        ("Cursor или Cline", "Cursor | Cline"),
        ("Что лучше: Cursor или Cline?", "Cursor | Cline"),
        ("Cursor лучше чем Cline?", "Cursor | Cline"),
        ("разница между Qdrant и Milvus", "Qdrant | Milvus"),
        ("Cursor oder Cline?", "Cursor | Cline"),
        ("Unterschied zwischen Ollama und LM Studio", "Ollama | LM Studio"),
        ("ist Cursor besser als Cline?", "Cursor | Cline"),
        ("Cursor ou Cline ?", "Cursor | Cline"),
        ("différence entre vLLM et SGLang", "vLLM | SGLang"),
        ("Cursor contra Cline", "Cursor | Cline"),
        ("Cursor czy Cline?", "Cursor | Cline"),
        ("Cursor mu yoksa Cline?", "Cursor | Cline"),
        ("cursor mı cline mı?", "Cursor | Cline"),
        ("soll ich Cursor oder Cline nehmen", "Cursor | Cline"),
    ]);
}

#[test]
fn one_name_is_one_name() {
    check(&[
        ("Cursor", "Cursor"),
        ("cursor?", "Cursor"),
        ("vs Cursor?", "Cursor"),
        ("vs axlotl", "Axolotl v0.16"),
        ("why not Cursor?", "Cursor"),
        ("why not just use ollama", "Ollama"),
        ("what about Roo Code?", "Roo Code"),
        ("how about vLLM", "vLLM"),
        ("thoughts on Claude Code?", "Claude Code"),
        ("is Cursor any good?", "Cursor"),
        ("is windsurf worth it", "Windsurf"),
        ("haiku open weights", "Claude Haiku Open Weights"),
        ("axlotl", "Axolotl v0.16"),
        ("<@42> Ollama", "Ollama"),
        ("me vs Cursor", "Cursor"),
        ("any alternatives to pinecone?", "Pinecone"),
    ]);
}

#[test]
fn nothing_is_compared_that_nobody_asked_about() {
    check(&[
        ("", ""),
        ("   ", ""),
        ("hi", ""),
        ("help", ""),
        ("thanks!", ""),
        ("@everyone", ""),
        ("works on linux or mac?", ""),
        ("does it work on linux or mac?", ""),
        ("PR #12 vs #13", ""),
        ("#12 vs #13", ""),
        ("issue 12 vs issue 13", ""),
        ("tabs or spaces?", ""),
        ("tabs vs spaces", ""),
        ("yes or no?", ""),
        ("now or later?", ""),
        ("today or tomorrow", ""),
        ("left or right", ""),
        ("is it free or paid?", ""),
        ("me vs you", ""),
        ("better than nothing", ""),
        ("is it better than before?", ""),
        ("should I cancel or continue?", ""),
        ("should I wait or continue?", ""),
        ("click ok or continue", ""),
        ("and/or", ""),
        ("24/7", ""),
        ("TCP/IP", ""),
        ("CI/CD or manual?", ""),
        ("frontend or backend?", ""),
        ("cpu vs gpu", ""),
        ("windows vs linux", ""),
        ("1 > 0", ""),
        ("> quoted text about Cursor vs Cline\nlol nice", ""),
        ("```\nCursor vs Cline\n```", ""),
        ("https://example.org/cursor-vs-cline", ""),
        ("the difference between us", ""),
        ("compare these two screenshots", ""),
        ("compare prices please", ""),
        ("switch from light to dark mode", ""),
        ("move from here to there", ""),
        ("Can someone help me install cline or roo code please, I get error 403", ""),
        ("cline or roo code please help, login is broken", ""),
        ("I can't log in to cline or roo code please", ""),
        ("my cursor or cline crashes on startup", ""),
        ("how do I install cline or roo code please?", ""),
        ("how to set up ollama or lm studio on windows", ""),
        ("does cline or roo code support MCP?", ""),
        ("getting an error in Cursor, Cline is fine", ""),
        ("I use Cursor and Cline every day", ""),
        ("Cursor's agent and Cline were fine", ""),
        ("Cursor is down, Cline works", ""),
        ("we tested with ollama and vllm on the cluster yesterday", ""),
        ("my cursor jumps around when I type in the terminal window of this machine", ""),
        ("pizza or pasta?", ""),
        ("who wins, cats or dogs?", ""),
        ("should we ship on monday or friday?", ""),
        ("this one > that one", ""),
        ("either one or the other", ""),
        ("好", ""),
        ("今天还是明天", ""),
        ("пиво или вино?", ""),
        ("norway vs sweden tonight", ""),
        ("red vs blue", ""),
        ("12 vs 13", ""),
        ("v1 vs v2", ""),
        ("I prefer to stay in Cursor to write code", ""),
        ("chapter 3 v 4", ""),
        ("mi casa o tu casa", ""),
        ("10/12/2026", ""),
        ("his/her", ""),
        ("I or you", ""),
        ("a vs b", ""),
        ("compare a and b", ""),
    ]);
}

#[test]
fn the_menu_finds_names_in_full_wherever_they_stand() {
    let view = sample::view();
    let found = |text: &str| {
        mentioned(text, |name| view.resolve(name)).iter().map(name_of).collect::<Vec<_>>().join(" | ")
    };
    assert_eq!(
        found("We moved from Cursor to Claude Code; ollama stays. Cursor was fine."),
        "Cursor | Claude Code | Ollama"
    );
    assert_eq!(
        found("I like llama.cpp, vLLM and text-generation-webui"),
        "llama.cpp | vLLM | text-generation-webui"
    );
    assert_eq!(found("nothing to see here, please continue"), "");
    assert_eq!(found("a1111/comfy"), "AUTOMATIC1111 | ComfyUI");
    assert_eq!(found(""), "");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_with_bounded_work(text in "\\PC{0,300}") {
        let view = sample::view();
        let asked = std::cell::Cell::new(0);
        let count = |name: &str| {
            asked.set(asked.get() + 1);
            view.resolve(name)
        };
        let first = question(&text, count);
        prop_assert!(asked.get() <= MAX_LOOKUPS);
        prop_assert_eq!(first, question(&text, |name| view.resolve(name)));
        let _ = mentioned(&text, |name| view.resolve(name));
    }

    #[test]
    fn any_two_names_are_compared_in_any_dress(
        a in 0..NAMES.len(),
        b in 0..NAMES.len(),
        joint in prop_oneof![Just(" vs "), Just(" VS. "), Just("\nvs\n"), Just(" versus "), Just(" 🆚 ")],
        (before, after) in prop_oneof![
            Just(("", "")), Just(("<@1> ", "?")), Just(("hey, ", " :)")), Just(("**", "**")), Just(("what do you think: ", "?!")), Just(("🔥 ", " 🔥")),
        ],
    ) {
        let view = sample::view();
        let message = format!("{before}{}{joint}{}{after}", NAMES[a].0, NAMES[b].0);
        let question = question(&message, |name| view.resolve(name));
        let keys: Vec<u32> = question.names().iter().filter_map(|n| n.answer.matched().map(|h| h.key)).collect();
        prop_assert_eq!(keys, [u32::try_from(a).unwrap(), u32::try_from(b).unwrap()], "{:?}: {:?}", message, question);
    }

    #[test]
    fn words_without_names_are_no_question(words in proptest::collection::vec("(the|mac|linux|or|vs|and|we|do|better|than|pizza|#?[0-9]{1,3}|\\?|,)", 0..14)) {
        let view = sample::view();
        let message = words.join(" ");
        prop_assert_eq!(question(&message, |name| view.resolve(name)), Question::Nothing, "{}", message);
    }
}
