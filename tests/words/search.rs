//! Searches a text for banned phrases.

use super::bans::{BANS, Ban};
use super::shipped::Text;

/// A line, the phrase in it, and its ban.
pub(crate) type Hit = (usize, &'static str, &'static Ban);

/// Returns the banned phrases of a text. A phrase may be broken across lines of one paragraph.
pub(crate) fn hits(text: &Text) -> Vec<Hit> {
    let mut found = Vec::new();
    for paragraph in &text.paragraphs {
        let mut joined = String::new();
        let mut starts = Vec::new();
        for (line, words) in paragraph {
            starts.push((joined.len(), *line));
            joined.push_str(&words.to_lowercase());
            joined.push(' ');
        }
        for ban in BANS {
            for phrase in ban.phrases {
                for at in occurrences(&joined, phrase) {
                    if !is_allowed(&joined, at, phrase, ban) {
                        let before = starts.partition_point(|&(start, _)| start <= at);
                        found.push((starts[before - 1].1, *phrase, ban));
                    }
                }
            }
        }
    }
    found
}

/// Returns where a phrase occurs as whole words.
fn occurrences<'t>(text: &'t str, phrase: &'t str) -> impl Iterator<Item = usize> + 't {
    let is_word = |char: char| char.is_alphanumeric() || char == '_' || char == '-';
    text.match_indices(phrase)
        .map(|(at, _)| at)
        .filter(move |&at| {
            let before = text[..at].chars().next_back();
            let after = text[at + phrase.len()..].chars().next();
            !before.is_some_and(is_word) && !after.is_some_and(is_word)
        })
}

/// Returns whether a phrase is part of a context that allows it.
fn is_allowed(text: &str, at: usize, phrase: &str, ban: &Ban) -> bool {
    ban.allowances.iter().any(|allowance| {
        let mut contexts = text.match_indices(allowance.context);
        contexts.any(|(start, context)| start <= at && at + phrase.len() <= start + context.len())
    })
}
