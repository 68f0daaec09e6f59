//! The embedded files, read once into bundles.

use std::{collections::BTreeMap, sync::OnceLock};

use fluent_bundle::{FluentResource, FluentValue, concurrent::FluentBundle};
use rust_embed::Embed;
use unic_langid::LanguageIdentifier;

use super::{DEFAULT_LANGUAGE, Texts, formats::Formats};

/// The messages of one language.
pub(super) type Bundle = FluentBundle<FluentResource>;

#[derive(Embed)]
#[folder = "data/locales"]
struct Files;

/// All languages.
pub(super) struct Library {
    /// Sorted by tag; each has the default language behind it.
    texts: Vec<Texts>,
    formats: BTreeMap<String, Formats>,
    default: Texts,
}

/// The library. It is built at the first call and lives as long as the program.
pub(super) fn library() -> &'static Library {
    static LIBRARY: OnceLock<Library> = OnceLock::new();
    LIBRARY.get_or_init(|| Library::read(embedded()))
}

/// The embedded files as (language tag, text).
fn embedded() -> Vec<(String, String)> {
    Files::iter()
        .filter_map(|path| {
            let (tag, _) = path.split_once('/').filter(|(_, file)| file.ends_with(".ftl"))?;
            let file = Files::get(&path)?;
            Some((tag.to_owned(), String::from_utf8_lossy(&file.data).into_owned()))
        })
        .collect()
}

impl Library {
    fn read(files: Vec<(String, String)>) -> Self {
        let mut bundles: BTreeMap<String, Bundle> = BTreeMap::new();
        for (tag, text) in files {
            let Ok(language) = tag.parse::<LanguageIdentifier>() else {
                tracing::error!(text.language = tag, "a folder of texts is not named by a language tag");
                continue;
            };
            let bundle = bundles.entry(language.to_string()).or_insert_with(|| {
                let mut bundle = Bundle::new_concurrent(vec![language]);
                // Isolation marks are for pages with mixed directions; in a chat they are junk that people copy.
                bundle.set_use_isolating(false);
                bundle.set_formatter(Some(write_number));
                bundle
            });
            let resource = FluentResource::try_new(text).unwrap_or_else(|(resource, faults)| {
                tracing::error!(
                    text.language = tag,
                    ?faults,
                    "a file of texts has faults; what can be read is used"
                );
                resource
            });
            if let Err(faults) = bundle.add_resource(resource) {
                tracing::error!(text.language = tag, ?faults, "a text stands twice; the first is used");
            }
        }
        let formats = bundles.iter().map(|(tag, bundle)| (tag.clone(), Formats::read(bundle))).collect();
        // Bundles are made once and used until the program ends.
        let bundles: BTreeMap<String, &'static Bundle> =
            bundles.into_iter().map(|(tag, bundle)| (tag, &*Box::leak(Box::new(bundle)))).collect();
        let with_fallback = |tag: &str| Texts {
            language: tag.parse().unwrap_or_default(),
            chain: [tag, DEFAULT_LANGUAGE].iter().filter_map(|tag| bundles.get(*tag).copied()).collect(),
        };
        Self {
            texts: bundles.keys().map(|tag| with_fallback(tag)).collect(),
            default: with_fallback(DEFAULT_LANGUAGE),
            formats,
        }
    }

    pub(super) fn all(&self) -> &[Texts] {
        &self.texts
    }

    pub(super) fn texts_for(&self, tag: &str) -> &Texts {
        let Ok(wanted) = tag.parse::<LanguageIdentifier>() else { return &self.default };
        let same = self.texts.iter().find(|texts| texts.language == wanted);
        let elsewhere = || self.texts.iter().find(|texts| texts.language.language == wanted.language);
        same.or_else(elsewhere).unwrap_or(&self.default)
    }

    pub(super) fn formats_of(&self, language: &LanguageIdentifier) -> &Formats {
        static PLAIN: Formats = Formats::plain();
        self.formats.get(&language.to_string()).unwrap_or(&PLAIN)
    }
}

/// Writes the numbers inside texts. Fluent takes a plain function here, so the style comes by way of the memoizer, which
/// knows the language.
fn write_number(
    value: &FluentValue<'_>,
    memoizer: &intl_memoizer::concurrent::IntlLangMemoizer,
) -> Option<String> {
    let FluentValue::Number(number) = value else { return None };
    memoizer.with_try_get::<Formats, _, _>((), |formats| formats.decimal(&number.as_string())).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_embedded_file_reads_without_a_fault() {
        for (tag, text) in embedded() {
            assert!(tag.parse::<LanguageIdentifier>().is_ok(), "{tag}");
            if let Err((_, faults)) = FluentResource::try_new(text) {
                panic!("{tag}: {faults:?}");
            }
        }
    }
}
