//! Names for tests, of this room and of questions.

use super::{Entry, Index, View};

/// Well-known names, with what people call them and who makes them.
pub(crate) const NAMES: &[(&str, &[&str], &str)] = &[
    ("Claude Haiku Open Weights", &[], "Anthropic"),
    ("Axolotl v0.16", &[], "Axolotl AI"),
    ("Claude Code", &["cc"], "Anthropic"),
    ("Claude Sonnet 4.5", &[], "Anthropic"),
    ("Claude Opus 4.5", &[], "Anthropic"),
    ("Cursor", &[], "Anysphere"),
    ("Cline", &[], ""),
    ("Roo Code", &["roo"], ""),
    ("Windsurf", &["codeium"], ""),
    ("GitHub Copilot", &["ghcp"], "GitHub"),
    ("Codex CLI", &[], "OpenAI"),
    ("Gemini CLI", &[], "Google"),
    ("Aider", &[], ""),
    ("Continue", &[], ""),
    ("v0", &["v0.dev"], "Vercel"),
    ("Lovable", &["gptengineer"], ""),
    ("Bolt.new", &["bolt"], "StackBlitz"),
    ("Replit Agent", &["replit"], "Replit"),
    ("vLLM", &[], ""),
    ("SGLang", &[], ""),
    ("TensorRT-LLM", &["TRT-LLM", "trtllm"], "NVIDIA"),
    ("Text Generation Inference", &["TGI"], "Hugging Face"),
    ("llama.cpp", &["Lama CPP"], ""),
    ("Ollama", &[], ""),
    ("LM Studio", &[], ""),
    ("Jan", &[], ""),
    ("text-generation-webui", &["ooba", "oobabooga"], ""),
    ("AUTOMATIC1111", &["A1111", "stable diffusion webui"], ""),
    ("ComfyUI", &["comfy"], ""),
    ("Llama 4 Scout", &[], "Meta"),
    ("Llama 3.3 70B", &[], "Meta"),
    ("Code Llama", &[], "Meta"),
    ("Qwen3 Coder", &[], "Alibaba"),
    ("DeepSeek V3", &[], "DeepSeek"),
    ("DeepSeek R1", &[], "DeepSeek"),
    ("Mistral Small", &[], "Mistral AI"),
    ("Gemma 4", &[], "Google"),
    ("GPT-5", &[], "OpenAI"),
    ("GPT-5 mini", &[], "OpenAI"),
    ("Unsloth", &[], ""),
    ("LLaMA-Factory", &[], ""),
    ("torchtune", &[], "Meta"),
    ("Qdrant", &[], ""),
    ("Weaviate", &[], ""),
    ("Pinecone", &[], ""),
    ("Milvus", &[], "Zilliz"),
    ("pgvector", &[], ""),
    ("Chroma", &["chromadb"], ""),
    ("LangChain", &[], ""),
    ("LangGraph", &[], ""),
    ("LlamaIndex", &["gpt index"], ""),
    ("CrewAI", &[], ""),
    ("MLflow", &["ML flow"], "Databricks"),
    ("Weights & Biases", &["wandb", "W&B"], "CoreWeave"),
    ("Langfuse", &[], ""),
    ("LangSmith", &[], "LangChain"),
    ("Whisper", &[], "OpenAI"),
    ("ElevenLabs", &["11labs"], ""),
    ("FLUX.1", &["flux"], "Black Forest Labs"),
    ("Stable Diffusion XL", &["SDXL"], "Stability AI"),
    ("n8n", &[], ""),
    ("Playwright MCP", &[], "Microsoft"),
    ("Browser Use", &[], ""),
    ("E2B", &[], ""),
    ("RunPod", &[], ""),
];

/// An index over [`NAMES`]; keys are places in it.
pub(crate) fn view() -> View {
    let aliases: Vec<Vec<String>> =
        NAMES.iter().map(|(_, aliases, _)| aliases.iter().map(|a| (*a).to_owned()).collect()).collect();
    let entries = NAMES.iter().zip(&aliases).zip(0..);
    Index::build(entries.map(|((&(name, _, vendor), aliases), key)| Entry { key, name, aliases, vendor }))
        .view()
}
